import { z } from 'zod'
import { defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isOverruled, readTomlLock } from './python-lock.ts'
import { pythonPackage } from './python-package.ts'
import { fileHashes } from './requirement.ts'
import { reachedNodes } from './uv-reach.ts'

const text = z.string().optional()
const Need = z.object({ name: z.string(), version: text })
const File = z.object({ hash: text })
const Entry = z.object({
  name: z.string(),
  version: text,
  source: z.object({ editable: text, virtual: text, directory: text }).optional(),
  dependencies: z.array(Need).optional(),
  'optional-dependencies': z.record(z.string(), z.array(Need)).optional(),
  sdist: File.optional(),
  wheels: z.array(File).optional(),
})
type Entry = z.infer<typeof Entry>
const Lock = z.object({
  version: z.number(),
  package: z.array(z.unknown()).optional(),
  /** Of a script, which is no package. */
  manifest: z.object({ requirements: z.array(Need).optional() }).optional(),
})

/** The user's own packages lead to what is installed; what only their development groups lead to is left out. */
export default defineCataloger({
  id: 'uv-lock',
  version: 1,
  ecosystem: 'pypi',
  proves: 'locked',
  title: 'uv lock file (uv.lock)',
  spec: 'https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile',
  files: ['**/uv.lock'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    const lock = readTomlLock(Lock, await file.text(), location)
    return withCounts(readPackages(lock, location), location)
  },
})

function* readPackages(
  { package: packages = [], manifest }: z.infer<typeof Lock>,
  location: string,
): Generator<Outcome> {
  const entries = packages.map((value) => Entry.safeParse(value))
  for (const { success } of entries) if (!success) yield 'unreadable'
  const nodes = entries.flatMap(({ data }) => data ?? [])
  const roots = [...nodes.filter(isOwnCode), ...(manifest?.requirements ?? []).map(({ name }) => ({ name }))]
  const reached = roots.length === 0 ? new Set(nodes) : reachedNodes(nodes, { roots, needsOf })
  for (const node of nodes) yield reached.has(node) && !isOwnCode(node) ? lockEntry(node, location) : 'left-out'
}

function isOwnCode({ source }: Entry): boolean {
  return source?.editable !== undefined || source?.virtual !== undefined || source?.directory !== undefined
}

/** Of other packages only those extras are in the file that something asks for. */
function needsOf(entry: Entry): z.infer<typeof Need>[] {
  return [...(entry.dependencies ?? []), ...Object.values(entry['optional-dependencies'] ?? {}).flat()]
}

function lockEntry(entry: Entry, location: string): Outcome {
  const { name, version, dependencies = [], sdist, wheels = [] } = entry
  if (version === undefined) return 'no-version'
  const names = new Set(dependencies.map((need) => need.name))
  const facts = {
    hashes: fileHashes([sdist, ...wheels].map((file) => file?.hash)),
    dependencies: names.size === 0 ? undefined : [...names],
  }
  return pythonPackage({ name, version, ...facts }, location) ?? 'unreadable'
}
