import { z } from 'zod'
import { defineCataloger } from '../cataloger.ts'
import { Members, membersOf } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isOverruled, readTomlLock } from './python-lock.ts'
import { pythonPackage } from './python-package.ts'
import { asksForExtra, fileHashes } from './requirement.ts'

const File = z.object({ hash: z.string() })
const Lock = z.object({
  package: z.array(z.unknown()).optional(),
  /** Where files stood before version 2 of the format. */
  metadata: z.object({ files: Members.optional() }).optional(),
})
const Entry = z.object({
  name: z.string(),
  version: z.string(),
  category: z.string().optional(),
  groups: z.array(z.string()).optional(),
  files: z.array(File).optional(),
  dependencies: Members.optional(),
  source: z.object({ type: z.string() }).optional(),
})
const Dependency = z.object({ optional: z.boolean().optional(), markers: z.string().optional() })

/**
 * What only groups other than `main` need is for development: Poetry's manual demands it. Before Poetry 1.5 a category
 * said so; from then to Poetry 2 nothing did. Optional packages may be installed and stay.
 */
export default defineCataloger({
  id: 'poetry-lock',
  version: 1,
  ecosystem: 'pypi',
  proves: 'locked',
  title: 'Poetry lock file (poetry.lock)',
  spec: 'https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock',
  files: ['**/poetry.lock'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    const lock = readTomlLock(Lock, await file.text(), location)
    return withCounts(readPackages(lock, location), location)
  },
})

function* readPackages(
  { package: packages = [], metadata }: z.infer<typeof Lock>,
  location: string,
): Generator<Outcome> {
  const filesOf = new Map(membersOf(metadata?.files))
  for (const value of packages) {
    const entry = Entry.safeParse(value)
    yield entry.success ? lockEntry(entry.data, filesOf.get(entry.data.name), location) : 'unreadable'
  }
}

function lockEntry(entry: z.infer<typeof Entry>, files: unknown, location: string): Outcome {
  const { name, version, category, groups, source } = entry
  if (category === 'dev' || (groups !== undefined && !groups.includes('main'))) return 'left-out'
  if (source?.type === 'directory') return 'left-out'
  const listed = entry.files ?? z.array(File).safeParse(files).data ?? []
  const facts = { hashes: fileHashes(listed.map(({ hash }) => hash)), dependencies: neededNames(entry.dependencies) }
  return pythonPackage({ name, version, ...facts }, location) ?? 'unreadable'
}

/** Without what an extra of the package would need. A dependency may be written once per platform. */
function neededNames(dependencies: Readonly<Record<string, unknown>> | undefined): readonly string[] | undefined {
  const names = [...membersOf(dependencies)].flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).some(isAlwaysNeeded) ? [name] : [],
  )
  return names.length === 0 ? undefined : names
}

function isAlwaysNeeded(value: unknown): boolean {
  const { optional, markers = '' } = Dependency.safeParse(value).data ?? {}
  return optional !== true && !asksForExtra(markers)
}
