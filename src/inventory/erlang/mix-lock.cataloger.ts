import { Problem } from '#kit/errors.ts'
import { type CatalogContext, defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { hexPackage } from './hex-package.ts'
import { itemsOf, readTerms, type Term, valueOf } from './terms.ts'

/** What Mix would fetch, believed only where it has not been compiled. The file does not tell what only tests need. */
export default defineCataloger({
  id: 'mix-lock',
  version: 1,
  ecosystem: 'hex',
  proves: 'locked',
  title: 'Mix lock file (mix.lock)',
  spec: 'https://hexdocs.pm/mix/Mix.Tasks.Deps.html',
  files: ['**/mix.lock'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    const [lock] = readTerms(await file.text(), 'elixir')
    if (lock === undefined) return []
    if (typeof lock !== 'object') throw new Problem('malformed', 'this is no lock file of Mix')
    return withCounts(outcomesOf(lock.items, location), location)
  },
})

function isOverruled(path: string, context: CatalogContext): boolean {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  return (
    isPackaging(path) || /(?:^|\/)deps\//.test(folder) || context.typeOf(`${folder}_build/prod/lib`) === 'directory'
  )
}

function* outcomesOf(entries: readonly Term[], location: string): Generator<Outcome> {
  for (const entry of entries) {
    const [kind, name, version, , , dependencies, repository, sha256] = itemsOf(itemsOf(entry)[1])
    if (kind === 'git') yield 'no-version'
    else if (kind !== 'hex') yield 'unreadable'
    else yield hexPackage({ name, version, repository, sha256, dependencies: neededOf(dependencies) }, location)
  }
}

/** `{:name, "requirement", [hex: :name, repo: "hexpm", optional: false]}` */
function neededOf(dependencies: Term | undefined): string[] {
  return itemsOf(dependencies).flatMap((dependency) => {
    const [name, , options] = itemsOf(dependency)
    const needed = valueOf(options, 'hex') ?? name
    return typeof needed === 'string' && valueOf(options, 'optional') !== 'true' ? [needed] : []
  })
}
