import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { Members, membersOf } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isOverruled } from './python-lock.ts'
import { pythonPackage } from './python-package.ts'
import { fileHashes, pinnedVersion, versionOfArchive } from './requirement.ts'

const text = z.string().optional()
/** The other members are categories of packages; `develop` is for development only. */
const Meta = z.object({ _meta: Members, default: Members.optional() })
const Entry = z.object({ version: text, file: text, path: text, hashes: z.array(z.string()).optional() })
const notInstalled: ReadonlySet<string> = new Set(['_meta', 'develop'])

export default defineCataloger({
  id: 'pipfile-lock',
  version: 1,
  ecosystem: 'pypi',
  proves: 'locked',
  title: 'Pipenv lock file (Pipfile.lock)',
  spec: 'https://pipenv.pypa.io/en/latest/pipfile.html',
  files: ['**/Pipfile.lock'],
  finds: ['packages', 'hashes'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    const lock = parseJson(Meta.loose(), (await file.text()).replace(/^\uFEFF/, ''), location)
    return withCounts(readCategories(lock, location), location)
  },
})

function* readCategories(lock: Readonly<Record<string, unknown>>, location: string): Generator<Outcome> {
  for (const [category, packages] of membersOf(lock)) {
    if (notInstalled.has(category)) continue
    for (const [name, value] of membersOf(Members.safeParse(packages).data)) yield lockEntry(name, value, location)
  }
}

function lockEntry(name: string, value: unknown, location: string): Outcome {
  const { data } = Entry.safeParse(value)
  if (data === undefined) return 'unreadable'
  const archive = data.file ?? data.path ?? ''
  const version = data.version === undefined ? versionOfArchive(archive, name) : pinnedVersion(data.version)
  if (version === undefined) return data.path === undefined ? 'no-version' : 'left-out'
  return pythonPackage({ name, version, hashes: fileHashes(data.hashes ?? []) }, location) ?? 'unreadable'
}
