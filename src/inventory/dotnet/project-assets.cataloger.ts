import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { Members, membersOf } from './members.ts'
import { isPackaged, nugetPackage, sha512Of, splitLibrary } from './nuget-package.ts'

const Assets = z.object({
  version: z.number(),
  targets: Members.default({}),
  libraries: Members,
  project: z.object({ frameworks: Members.default({}) }).default({ frameworks: {} }),
})
const Library = z.object({ type: z.string(), sha512: z.string().optional() })
const Direct = z.object({ suppressParent: z.string().optional() })

/** What a restore has laid down. What a project asks for and passes to nobody (`PrivateAssets="all"`) is for its build. */
export default defineCataloger({
  id: 'project-assets',
  version: 1,
  ecosystem: 'nuget',
  proves: 'locked',
  title: 'NuGet restore result (project.assets.json)',
  spec: 'https://learn.microsoft.com/en-us/nuget/concepts/package-installation-process',
  files: ['**/project.assets.json'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file) {
    if (isPackaged(file.path)) return []
    const location = `/${file.path}`
    const assets = parseJson(Assets, (await file.text()).replace(/^\uFEFF/, ''), location)
    return readLibraries(assets, location)
  },
})

function* readLibraries({ libraries, targets, project }: z.infer<typeof Assets>, location: string): Steps {
  const buildOnly = buildOnlyNames(project.frameworks)
  const dependencies = dependenciesByLibrary(targets)
  let unreadable = 0
  for (const [key, value] of Object.entries(libraries)) {
    yield undefined
    const { data } = Library.safeParse(value)
    const { name, version } = splitLibrary(key)
    if (data !== undefined && (data.type !== 'package' || buildOnly.has(name.toLowerCase()))) continue
    const parts = { name, version, hashes: sha512Of(data?.sha512), dependencies: [...(dependencies.get(key) ?? [])] }
    const found = data && nugetPackage(parts, location)
    if (found === undefined) unreadable += 1
    else yield { package: found }
  }
  if (unreadable > 0) {
    yield { unknown: { path: location, reason: `entries that are not as NuGet writes them: ${unreadable}` } }
  }
}

/** In every framework that asks for it. */
function buildOnlyNames(frameworks: Members): ReadonlySet<string> {
  const names = new Map<string, boolean>()
  for (const framework of Object.values(frameworks)) {
    for (const [name, value] of Object.entries(membersOf(membersOf(framework)['dependencies']))) {
      const isBuildOnly = Direct.safeParse(value).data?.suppressParent?.toLowerCase() === 'all'
      names.set(name.toLowerCase(), isBuildOnly && names.get(name.toLowerCase()) !== false)
    }
  }
  return new Set([...names].filter(([, isBuildOnly]) => isBuildOnly).map(([name]) => name))
}

function dependenciesByLibrary(targets: Members): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, Set<string>>()
  for (const target of Object.values(targets)) {
    for (const [key, library] of Object.entries(membersOf(target))) {
      const names = known.get(key) ?? new Set()
      known.set(key, names)
      for (const name of Object.keys(membersOf(membersOf(library)['dependencies']))) names.add(name)
    }
  }
  return known
}
