import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { Members, membersOf } from './members.ts'
import { isPackaged, nugetPackage, sha512Of } from './nuget-package.ts'

const Lock = z.object({ version: z.number(), dependencies: Members })
const Entry = z.object({
  type: z.string(),
  resolved: z.string().optional(),
  contentHash: z.string().optional(),
  dependencies: Members.default({}),
})

export default defineCataloger({
  id: 'packages-lock',
  version: 1,
  ecosystem: 'nuget',
  proves: 'locked',
  title: 'NuGet lock file (packages.lock.json)',
  spec: 'https://learn.microsoft.com/en-us/nuget/consume-packages/package-references-in-project-files#locking-dependencies',
  files: ['**/packages.lock.json'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file) {
    if (isPackaged(file.path)) return []
    const location = `/${file.path}`
    return readFrameworks(parseJson(Lock, (await file.text()).replace(/^\uFEFF/, ''), location).dependencies, location)
  },
})

/** By target framework; the same package may be in each. */
function* readFrameworks(frameworks: Members, location: string): Steps {
  let unreadable = 0
  const seen = new Set<string>()
  for (const [name, value] of Object.values(frameworks).flatMap((framework) => Object.entries(membersOf(framework)))) {
    yield undefined
    const { data } = Entry.safeParse(value)
    if (data?.type === 'Project') continue
    const parts = data && {
      name,
      version: data.resolved ?? '',
      hashes: sha512Of(data.contentHash),
      dependencies: Object.keys(data.dependencies),
    }
    const found = parts && nugetPackage(parts, location)
    if (found === undefined) unreadable += 1
    else if (!seen.has(found.purl)) yield { package: found }
    if (found !== undefined) seen.add(found.purl)
  }
  if (unreadable > 0) {
    yield { unknown: { path: location, reason: `entries that are not as NuGet writes them: ${unreadable}` } }
  }
}
