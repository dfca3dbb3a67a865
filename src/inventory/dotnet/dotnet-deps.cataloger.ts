import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import type { Package } from '#model/package.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { Members, membersOf } from './members.ts'
import { nugetPackage, sha512Of, splitLibrary } from './nuget-package.ts'

const DepsFile = z.object({
  runtimeTarget: z.union([z.object({ name: z.string() }), z.string()]).optional(),
  targets: Members.default({}),
  libraries: Members,
})
const Library = z.object({ type: z.string(), sha512: z.string().optional() })

/**
 * What a .NET program loads. Projects are the user's own code; a package that brings no file of its own for this program,
 * or only what compilers need, is not there.
 */
export default defineCataloger({
  id: 'dotnet-deps',
  version: 1,
  ecosystem: 'nuget',
  proves: 'installed',
  title: '.NET dependency file (*.deps.json)',
  spec: 'https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md',
  files: ['**/*.deps.json'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file) {
    const location = `/${file.path}`
    const deps = parseJson(DepsFile, (await file.text()).replace(/^\uFEFF/, ''), location)
    return readLibraries(membersOf(deps.libraries), targetOf(deps), location)
  },
})

/** Libraries of the target that is run; of all targets when none is named. */
function targetOf({ runtimeTarget, targets }: z.infer<typeof DepsFile>): Members {
  const name = typeof runtimeTarget === 'object' ? runtimeTarget.name : runtimeTarget
  if (name !== undefined && Object.hasOwn(targets, name)) return membersOf(targets[name])
  return Object.assign({}, ...Object.values(targets).map(membersOf))
}

function* readLibraries(libraries: Members, target: Members, location: string): Steps {
  const counts = { reference: 0, unreadable: 0 }
  for (const [key, value] of Object.entries(libraries)) {
    const outcome = readLibrary(key, value, { target, location })
    if (outcome === 'reference' || outcome === 'unreadable') counts[outcome] += 1
    yield typeof outcome === 'string' ? undefined : { package: outcome }
  }
  for (const [kind, reason] of reportedOutcomes) {
    if (counts[kind] > 0) yield { unknown: { path: location, reason: `${reason}: ${counts[kind]}` } }
  }
}

const reportedOutcomes = [
  ['reference', 'assemblies that come from no package'],
  ['unreadable', 'entries that are not as .NET writes them'],
] as const

/** What an entry comes to. */
type Outcome = Package | 'not-there' | (typeof reportedOutcomes)[number][0]

function readLibrary(
  key: string,
  value: unknown,
  { target, location }: { readonly target: Members; readonly location: string },
): Outcome {
  const { data: library } = Library.safeParse(value)
  if (library === undefined) return 'unreadable'
  const isThere = !Object.hasOwn(target, key) || isPresent(target[key])
  const kind = library.type.toLowerCase()
  if (kind.startsWith('reference') && isThere) return 'reference'
  if (!isThere || (kind !== 'package' && kind !== 'runtimepack')) return 'not-there'
  const { name, version } = splitLibrary(key)
  const dependencies = Object.keys(membersOf(membersOf(target[key])['dependencies']))
  const parts = { name: name.replace(/^runtimepack\./, ''), version, hashes: sha512Of(library.sha512), dependencies }
  return nugetPackage(parts, location) ?? 'unreadable'
}

const assetKinds = ['runtime', 'runtimeTargets', 'native', 'resources']

function isPresent(entry: unknown): boolean {
  const members = membersOf(entry)
  if (members['compileOnly'] === true) return false
  const files = assetKinds.flatMap((kind) => Object.keys(membersOf(members[kind])))
  return files.some((file) => !file.endsWith('/_._'))
}
