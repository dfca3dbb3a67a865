import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import type { Package } from '#model/package.ts'
import { type CatalogContext, defineCataloger, type Steps } from '../cataloger.ts'
import { npmPackage } from './npm-package.ts'

const text = z.string().optional()
const flag = z.boolean().optional()

/** Taken as it is: copying and checking each name of a large one would cost more than everything else. */
const Members = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)
const Lock = z.object({ packages: Members.optional(), dependencies: Members.optional() })
const Entry = z.object({ name: text, version: text, link: flag, dev: flag })
const Dependency = z.object({ version: text, dev: flag, dependencies: Members.optional() })

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
  version: 1,
  ecosystem: 'npm',
  proves: 'locked',
  title: 'npm lock file (package-lock.json, npm-shrinkwrap.json)',
  spec: 'https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json',
  files: ['**/package-lock.json', '**/npm-shrinkwrap.json'],
  finds: ['packages'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    const { packages, dependencies } = parseJson(Lock, (await file.text()).replace(/^\uFEFF/, ''), location)
    const read =
      packages === undefined ? readDependencies(dependencies ?? {}, location) : readPackages(packages, location)
    return withCounts(read, location)
  },
})

function isOverruled(path: string, context: CatalogContext): boolean {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  if (/(?:^|\/)node_modules\//.test(folder) || context.typeOf(`${folder}node_modules`) === 'directory') return true
  return path.endsWith('package-lock.json') && context.typeOf(`${folder}npm-shrinkwrap.json`) === 'file'
}

/** What an entry comes to; the last two are counted and reported. */
type Outcome = Package | 'not-installed' | 'no-version' | 'unreadable'

function* withCounts(outcomes: Iterable<Outcome>, location: string): Steps {
  const counts = { 'not-installed': 0, 'no-version': 0, unreadable: 0 }
  for (const outcome of outcomes) {
    if (typeof outcome !== 'string') yield { package: outcome }
    else {
      counts[outcome] += 1
      yield undefined
    }
  }
  for (const [kind, reason] of reportedOutcomes) {
    if (counts[kind] > 0) yield { unknown: { path: location, reason: `${reason}: ${counts[kind]}` } }
  }
}

const reportedOutcomes = [
  ['no-version', 'dependencies from git, files or URLs without a version'],
  ['unreadable', 'entries that are not as npm writes them'],
] as const

/** Lock file versions 2 and 3: one entry per folder, the empty path being the project itself. */
function* readPackages(packages: Readonly<Record<string, unknown>>, location: string): Generator<Outcome> {
  const marker = 'node_modules/'
  for (const path of Object.keys(packages)) {
    const at = path.lastIndexOf(marker)
    const entry = Entry.safeParse(packages[path])
    if (at === -1) yield 'not-installed'
    else if (!entry.success) yield 'unreadable'
    else if (entry.data.link === true || entry.data.dev === true) yield 'not-installed'
    else yield packageOf(entry.data.name ?? path.slice(at + marker.length), entry.data.version, location)
  }
}

/** Lock file version 1: a tree, which may be deep. */
function* readDependencies(dependencies: Readonly<Record<string, unknown>>, location: string): Generator<Outcome> {
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
    const { version, dev, dependencies: nested } = entry.data
    yield dev === true ? 'not-installed' : versionOne(name, version, location)
    if (nested !== undefined) ahead.push(membersOf(nested))
  }
}

function* membersOf(members: Readonly<Record<string, unknown>>): Generator<readonly [name: string, value: unknown]> {
  for (const name of Object.keys(members)) yield [name, members[name]]
}

function versionOne(name: string, version: string | undefined, location: string): Outcome {
  const [, aliased, aliasedVersion] = /^npm:(@?[^@]{1,400})@(.{1,256})$/.exec(version ?? '') ?? []
  if (version?.startsWith('file:') === true && !/\.(?:tgz|tar|tar\.gz)$/.test(version)) return 'not-installed'
  if (/[:/]/.test(aliasedVersion ?? version ?? '')) return 'no-version'
  return packageOf(aliased ?? name, aliasedVersion ?? version, location)
}

function packageOf(name: string, version: string | undefined, location: string): Outcome {
  if (version === undefined) return 'no-version'
  return npmPackage(name, version, location) ?? 'unreadable'
}
