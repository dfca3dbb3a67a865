import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { Members, membersOf } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { integrityHashes } from './integrity.ts'
import { isOverruled } from './npm-lock.ts'
import { npmPackage } from './npm-package.ts'
import { declaredLicences, neededNames } from './package-facts.ts'

const text = z.string().optional()
const flag = z.boolean().optional()
const whatever = z.unknown().optional()

const Lock = z.object({ packages: Members.optional(), dependencies: Members.optional() })
const Entry = z.object({
  name: text,
  version: text,
  link: flag,
  dev: flag,
  integrity: whatever,
  license: whatever,
  dependencies: whatever,
  optionalDependencies: whatever,
  peerDependencies: whatever,
  peerDependenciesMeta: whatever,
})
const Dependency = z.object({
  version: text,
  dev: flag,
  integrity: whatever,
  requires: whatever,
  dependencies: Members.optional(),
})

/**
 * What npm would install, believed only where it has not: beside a node_modules folder the packages in it are the
 * truth, and a lock file inside node_modules is not used by npm at all.
 *
 * What is needed for development only (`dev: true`) is left out, since `npm ci --omit=dev` is how images are made and
 * none of it runs there. What is optional, a peer, or for development *and* optional elsewhere (`devOptional`) may run
 * and stays. Workspaces and linked folders are the user's own code and no packages of a registry.
 */
export default defineCataloger({
  id: 'package-lock',
  version: 2,
  ecosystem: 'npm',
  proves: 'locked',
  title: 'npm lock file (package-lock.json, npm-shrinkwrap.json)',
  spec: 'https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json',
  files: ['**/package-lock.json', '**/npm-shrinkwrap.json'],
  finds: ['packages', 'licences', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const shrinkwrap = file.path.replace(/package-lock\.json$/, 'npm-shrinkwrap.json')
    if (shrinkwrap !== file.path && context.typeOf(shrinkwrap) === 'file') return []
    const location = `/${file.path}`
    const { packages, dependencies } = parseJson(Lock, (await file.text()).replace(/^\uFEFF/, ''), location)
    const read = packages === undefined ? readTree(dependencies ?? {}, location) : readFolders(packages, location)
    return withCounts(read, location)
  },
})

/** Lock file versions 2 and 3: one entry per folder, the empty path being the project itself. */
function* readFolders(packages: Readonly<Record<string, unknown>>, location: string): Generator<Outcome> {
  const marker = 'node_modules/'
  for (const [path, value] of membersOf(packages)) {
    const at = path.lastIndexOf(marker)
    const entry = Entry.safeParse(value)
    if (at === -1) yield 'left-out'
    else if (!entry.success) yield 'unreadable'
    else if (entry.data.link === true || entry.data.dev === true) yield 'left-out'
    else {
      const { name = path.slice(at + marker.length), version, integrity, license } = entry.data
      yield lockEntry({ name, version, integrity, license, needs: entry.data }, location)
    }
  }
}

/** Lock file version 1: a tree, which may be deep. */
function* readTree(dependencies: Readonly<Record<string, unknown>>, location: string): Generator<Outcome> {
  const ahead = [membersOf(dependencies)]
  for (let level = ahead.at(-1); level !== undefined; level = ahead.at(-1)) {
    const next = level.next()
    if (next.done === true) {
      ahead.pop()
      continue
    }
    const [name, value] = next.value
    const entry = Dependency.safeParse(value)
    if (!entry.success) {
      yield 'unreadable'
      continue
    }
    yield entry.data.dev === true ? 'left-out' : treeEntry(name, entry.data, location)
    if (entry.data.dependencies !== undefined) ahead.push(membersOf(entry.data.dependencies))
  }
}

function treeEntry(name: string, entry: z.infer<typeof Dependency>, location: string): Outcome {
  const { version, integrity, requires } = entry
  const [, aliased, aliasedVersion] = /^npm:(@?[^@]{1,400})@(.{1,256})$/.exec(version ?? '') ?? []
  if (version?.startsWith('file:') === true && !/\.(?:tgz|tar|tar\.gz)$/.test(version)) return 'left-out'
  if (/[:/]/.test(aliasedVersion ?? version ?? '')) return 'no-version'
  const needs = { dependencies: requires }
  return lockEntry({ name: aliased ?? name, version: aliasedVersion ?? version, integrity, needs }, location)
}

interface Listed {
  readonly name: string
  readonly version: string | undefined
  readonly integrity: unknown
  readonly license?: unknown
  readonly needs: Parameters<typeof neededNames>[0]
}

function lockEntry({ name, version, integrity, license, needs }: Listed, location: string): Outcome {
  if (version === undefined) return 'no-version'
  const facts = {
    licences: declaredLicences(license),
    hashes: integrityHashes(integrity),
    dependencies: neededNames(needs),
  }
  return npmPackage({ name, version, ...facts }, location) ?? 'unreadable'
}
