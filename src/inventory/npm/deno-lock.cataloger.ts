import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { Members, membersOf } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { integrityHashes } from './integrity.ts'
import { isOverruled } from './npm-lock.ts'
import { isNpmName, npmPackage } from './npm-package.ts'

/** Version 2 keeps the packages of npm in a section of that name, version 3 in `packages`, later ones at the top. */
const Lock = z.object({
  version: z.string(),
  npm: Members.optional(),
  jsr: Members.optional(),
  packages: z.object({ npm: Members.optional(), jsr: Members.optional() }).optional(),
  remote: Members.optional(),
})
type Lock = z.infer<typeof Lock>
const VersionTwo = z.object({ packages: Members })
const whatever = z.unknown().optional()
const Entry = z.object({ integrity: whatever, dependencies: whatever, optionalDependencies: whatever })

/**
 * Packages of npm and of JSR. Beside a node_modules folder the packages in it are the truth, but those of JSR are never
 * there. Modules that are loaded by their address belong to no registry and are counted. What JSR calls integrity is
 * that of a list of files, not of a package, and is not taken.
 */
export default defineCataloger({
  id: 'deno-lock',
  version: 1,
  ecosystem: 'several',
  proves: 'locked',
  title: 'Deno lock file (deno.lock)',
  spec: 'https://docs.deno.com/runtime/fundamentals/modules/#integrity-checking-and-lock-files',
  files: ['**/deno.lock'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isPackaging(file.path)) return []
    const location = `/${file.path}`
    const lock = parseJson(Lock, (await file.text()).replace(/^\uFEFF/, ''), location)
    return readLock(lock, isOverruled(file.path, context), location)
  },
})

function* readLock(lock: Lock, isInstalled: boolean, location: string): Steps {
  yield* withCounts(readPackages(lock, isInstalled, location), location)
  const modules = Object.keys(lock.remote ?? {}).length
  if (modules > 0) yield { unknown: { path: location, reason: `modules that are loaded by their address: ${modules}` } }
}

function* readPackages(lock: Lock, isInstalled: boolean, location: string): Generator<Outcome> {
  const npm = lock.version === '2' ? VersionTwo.safeParse(lock.npm).data?.packages : (lock.npm ?? lock.packages?.npm)
  for (const [key, value] of membersOf(npm)) yield isInstalled ? 'left-out' : npmEntry(key, value, location)
  for (const [key, value] of membersOf(lock.jsr ?? lock.packages?.jsr)) yield jsrEntry(key, value, location)
}

/** `name@1.0.0_peer@2.0.0`: peers follow an underscore, which is in no version. */
function npmEntry(key: string, value: unknown, location: string): Outcome {
  const [, name, version] = /^(@?[^@]{1,400})@([^_]{1,256})(?:_|$)/.exec(key) ?? []
  const entry = Entry.safeParse(value)
  if (name === undefined || version === undefined || !entry.success) return 'unreadable'
  const { integrity, dependencies, optionalDependencies } = entry.data
  const names = new Set([...needed(dependencies), ...needed(optionalDependencies)])
  const facts = { hashes: integrityHashes(integrity), dependencies: names.size === 0 ? undefined : [...names] }
  return npmPackage({ name, version, ...facts }, location) ?? 'unreadable'
}

function jsrEntry(key: string, value: unknown, location: string): Package | 'unreadable' {
  const [, scope, base, version] = /^(@[a-z0-9-]{1,100})\/([a-z0-9-]{1,200})@([!-~]{1,256})$/.exec(key) ?? []
  const entry = Entry.safeParse(value)
  if (scope === undefined || base === undefined || version === undefined || !entry.success) return 'unreadable'
  const names = new Set(needed(entry.data.dependencies))
  return {
    purl: formatPurl({ type: 'jsr', namespace: scope, name: base, version }),
    name: `${scope}/${base}`,
    version,
    ecosystem: 'deno',
    dependencies: names.size === 0 ? undefined : [...names],
    locations: [location],
  }
}

/**
 * Versions 2 and 3 map the name asked for to `name@1.0.0`; later ones list `name`, `name@1.0.0` where there are several,
 * and `alias@npm:name@1.0.0`. JSR packages list specifiers such as `jsr:@scope/name@^1.0.0`.
 */
function needed(value: unknown): string[] {
  const listed: readonly unknown[] = Array.isArray(value) ? value : Object.values(Members.safeParse(value).data ?? {})
  return listed.flatMap((item) => {
    const text = typeof item === 'string' ? item.replace(/^(?:@?[^@]{1,400}@)?(?:npm|jsr):/, '') : ''
    const name = /^@?[^@]{1,400}/.exec(text)?.[0] ?? ''
    return isNpmName(name) ? [name] : []
  })
}
