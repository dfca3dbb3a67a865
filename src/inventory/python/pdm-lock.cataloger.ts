import { z } from 'zod'
import { defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isOverruled, readTomlLock } from './python-lock.ts'
import { pythonPackage } from './python-package.ts'
import { fileHashes, requiredNames } from './requirement.ts'

const text = z.string().optional()
const Lock = z.object({ package: z.array(z.unknown()).optional() })
const Entry = z.object({
  name: z.string(),
  version: text,
  extras: z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  path: text,
  editable: z.boolean().optional(),
  dependencies: z.array(z.string()).optional(),
  files: z.array(z.object({ hash: text })).optional(),
})

/** Only the group `dev` is for development by its name; what other groups are for is not in the file. */
export default defineCataloger({
  id: 'pdm-lock',
  version: 1,
  ecosystem: 'pypi',
  proves: 'locked',
  title: 'PDM lock file (pdm.lock)',
  spec: 'https://pdm-project.org/latest/usage/lockfile/',
  files: ['**/pdm.lock'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    const { package: packages = [] } = readTomlLock(Lock, await file.text(), location)
    return withCounts(readPackages(packages, location), location)
  },
})

function* readPackages(packages: readonly unknown[], location: string): Generator<Outcome> {
  for (const value of packages) {
    const entry = Entry.safeParse(value)
    yield entry.success ? lockEntry(entry.data, location) : 'unreadable'
  }
}

/** A package that is asked for with extras has an entry more for them, all of the same version. */
function lockEntry(entry: z.infer<typeof Entry>, location: string): Outcome {
  const { name, version, groups = [], dependencies = [], files = [] } = entry
  const isForDevelopment = groups.length > 0 && groups.every((group) => group === 'dev')
  if (isForDevelopment || entry.extras !== undefined || isOwnCode(entry)) return 'left-out'
  if (version === undefined) return 'no-version'
  const facts = { hashes: fileHashes(files.map(({ hash }) => hash)), dependencies: requiredNames(dependencies) }
  return pythonPackage({ name, version, ...facts }, location) ?? 'unreadable'
}

function isOwnCode({ path, editable }: z.infer<typeof Entry>): boolean {
  return editable === true || (path !== undefined && !/\.(?:whl|tar\.gz|zip)$/.test(path))
}
