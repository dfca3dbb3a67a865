import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { Members, membersOf } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { reachedKeys } from './bun-reach.ts'
import { integrityHashes } from './integrity.ts'
import { plainJson } from './jsonc.ts'
import { isOverruled } from './npm-lock.ts'
import { npmPackage } from './npm-package.ts'
import { neededNames } from './package-facts.ts'

const Needs = z.object({
  dependencies: Members.optional(),
  optionalDependencies: Members.optional(),
  peerDependencies: Members.optional(),
  optionalPeers: z.array(z.string()).optional(),
})
type Needs = z.infer<typeof Needs>
const Workspace = Needs.extend({ name: z.string().optional() })
const Lock = z.object({
  lockfileVersion: z.number(),
  workspaces: Members.optional(),
  packages: Members.optional(),
})

/**
 * The text form, which Bun 1.2 brought; of the older bun.lockb nothing is read. What no project needs but for
 * development is left out, and so are workspaces and links.
 */
export default defineCataloger({
  id: 'bun-lock',
  version: 1,
  ecosystem: 'npm',
  proves: 'locked',
  title: 'Bun lock file (bun.lock)',
  spec: 'https://bun.com/docs/pm/lockfile',
  files: ['**/bun.lock'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    const lock = parseJson(Lock, plainJson((await file.text()).replace(/^\uFEFF/, '')), location)
    return withCounts(readPackages(lock, location), location)
  },
})

function* readPackages({ workspaces, packages = {} }: z.infer<typeof Lock>, location: string): Generator<Outcome> {
  const entries = new Map([...membersOf(packages)].map(([key, value]) => [key, entryOf(value)] as const))
  const roots = [...membersOf(workspaces)].flatMap(([, value]) => {
    const { data } = Workspace.safeParse(value)
    return data === undefined ? [] : [{ at: data.name ?? '', names: namesOf(data) }]
  })
  const needsOf = (key: string) => namesOf(entries.get(key)?.needs ?? {})
  const reached = workspaces && reachedKeys(roots, { keys: entries, needsOf })
  for (const [key, entry] of entries) {
    if (entry === undefined) yield 'unreadable'
    else yield reached?.has(key) === false ? 'left-out' : packageOf(entry, location)
  }
}

interface Entry {
  readonly name: string
  /** A version of the registry, or an address with its scheme. */
  readonly version: string
  readonly needs: Needs
  readonly integrity: string | undefined
}

/** `["name@version", registry, needs, integrity]`; of what comes from elsewhere there is no registry. */
function entryOf(value: unknown): Entry | undefined {
  const parts: readonly unknown[] = Array.isArray(value) ? value : []
  const identity = typeof parts[0] === 'string' ? parts[0] : ''
  const [, name, version] = /^(@?[^@]{1,400})@(.{1,2000})$/s.exec(identity) ?? []
  if (name === undefined || version === undefined) return undefined
  const needs = parts.slice(1, 3).find((part) => typeof part === 'object' && part !== null)
  const integrity = parts.slice(2).find((part) => typeof part === 'string' && /^sha\d{1,3}-/.test(part))
  return {
    name,
    version,
    needs: Needs.safeParse(needs).data ?? {},
    integrity: typeof integrity === 'string' ? integrity : undefined,
  }
}

function packageOf({ name, version, needs, integrity }: Entry, location: string): Outcome {
  if (/^(?:workspace|link|root|file):/.test(version) && !/\.(?:tgz|tar\.gz)$/.test(version)) return 'left-out'
  const exact = /[:/]/.test(version) ? archivedVersion(name, version) : version
  if (exact === undefined) return 'no-version'
  const facts = { hashes: integrityHashes(integrity), dependencies: neededNames(withPeersMarked(needs)) }
  return npmPackage({ name, version: exact, ...facts }, location) ?? 'unreadable'
}

/** The address of an archive in a registry ends in `/name/-/base-1.0.0.tgz`. */
function archivedVersion(name: string, address: string): string | undefined {
  const [, path = '', file = ''] = /^https:\/\/[^/?#]{1,300}\/(.{1,400})\/-\/([^/?#]{1,400})\.tgz$/.exec(address) ?? []
  const base = `${name.slice(name.indexOf('/') + 1)}-`
  return path.endsWith(name) && file.startsWith(base) && /^\d/.test(file.slice(base.length))
    ? file.slice(base.length)
    : undefined
}

function namesOf({ dependencies, optionalDependencies, peerDependencies }: Needs): readonly string[] {
  return [dependencies, optionalDependencies, peerDependencies].flatMap((group) => Object.keys(group ?? {}))
}

function withPeersMarked({ optionalPeers = [], ...needs }: Needs): Parameters<typeof neededNames>[0] {
  return {
    ...needs,
    peerDependenciesMeta: Object.fromEntries(optionalPeers.map((name) => [name, { optional: true }])),
  }
}
