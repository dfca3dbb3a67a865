import { z } from 'zod'
import { defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isOverruled, readTomlLock } from './python-lock.ts'
import { pythonPackage } from './python-package.ts'
import { fileHashes } from './requirement.ts'

const text = z.string().optional()
const File = z.object({ hashes: z.record(z.string(), z.string()).optional() })
const Entry = z.object({
  name: z.string(),
  version: text,
  marker: text,
  dependencies: z.array(z.object({ name: text })).optional(),
  directory: z.unknown().optional(),
  archive: File.optional(),
  sdist: File.optional(),
  wheels: z.array(File).optional(),
})
const Lock = z.object({
  'lock-version': z.string(),
  'default-groups': z.array(z.string()).optional(),
  packages: z.array(z.unknown()).optional(),
})

/**
 * The standard lock file (PEP 751). What a marker wants only for groups that are not installed unasked is for
 * development and left out; what is wanted for an extra may be installed and stays.
 */
export default defineCataloger({
  id: 'pylock-toml',
  version: 1,
  ecosystem: 'pypi',
  proves: 'locked',
  title: 'Python lock file (pylock.toml)',
  spec: 'https://packaging.python.org/en/latest/specifications/pylock-toml/',
  files: ['**/pylock.toml', '**/pylock.*.toml'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    const lock = readTomlLock(Lock, await file.text(), location)
    return withCounts(readPackages(lock, location), location)
  },
})

function* readPackages({ packages = [], ...lock }: z.infer<typeof Lock>, location: string): Generator<Outcome> {
  const groups = new Set(lock['default-groups'])
  for (const value of packages) {
    const entry = Entry.safeParse(value)
    if (!entry.success) yield 'unreadable'
    else if (entry.data.directory !== undefined || isForOtherGroups(entry.data.marker ?? '', groups)) yield 'left-out'
    else yield lockEntry(entry.data, location)
  }
}

/** The marker names groups, none of which is installed unasked, and nothing else could let it in. */
function isForOtherGroups(marker: string, groups: ReadonlySet<string>): boolean {
  const asked = [...marker.slice(0, 4000).matchAll(/["']([^"']{1,200})["']\s{1,20}in\s{1,20}dependency_groups\b/g)]
  return asked.length > 0 && !/\bextras\b/.test(marker) && asked.every(([, group = '']) => !groups.has(group))
}

function lockEntry(entry: z.infer<typeof Entry>, location: string): Outcome {
  const { name, version, dependencies = [], archive, sdist, wheels = [] } = entry
  if (version === undefined) return 'no-version'
  const hashes = [archive, sdist, ...wheels].flatMap((file) =>
    Object.entries(file?.hashes ?? {}).map(([algorithm, value]) => `${algorithm}:${value}`),
  )
  const names = new Set(dependencies.flatMap((need) => need.name ?? []))
  const facts = { hashes: fileHashes(hashes), dependencies: names.size === 0 ? undefined : [...names] }
  return pythonPackage({ name, version, ...facts }, location) ?? 'unreadable'
}
