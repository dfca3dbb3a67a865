import { type CatalogContext, defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { hexPackage } from './hex-package.ts'
import { itemsOf, readTerms, type Term, valueOf } from './terms.ts'

/** What rebar3 would fetch, believed only where it has not. */
export default defineCataloger({
  id: 'rebar-lock',
  version: 1,
  ecosystem: 'hex',
  proves: 'locked',
  title: 'rebar3 lock file (rebar.lock)',
  spec: 'https://rebar3.org/docs/configuration/dependencies/',
  files: ['**/rebar.lock'],
  finds: ['packages', 'hashes'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    return withCounts(outcomesOf(readTerms(await file.text(), 'erlang'), location), location)
  },
})

function isOverruled(path: string, context: CatalogContext): boolean {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const isBuilt = context.typeOf(`${folder}_build/default/lib`) === 'directory'
  return isBuilt || isPackaging(path) || /(?:^|\/)(?:deps|_build)\//.test(folder)
}

/** `[Entry]` of the first rebar3, `{Version, [Entry]}` since, and then a list with the hashes of both kinds. */
function* outcomesOf([lock, hashes]: readonly Term[], location: string): Generator<Outcome> {
  const entries = typeof lock === 'object' && lock.kind === 'tuple' ? itemsOf(lock.items[1]) : itemsOf(lock)
  const archives = new Map(itemsOf(valueOf(hashes, 'pkg_hash_ext')).map((pair) => [itemsOf(pair)[0], itemsOf(pair)[1]]))
  for (const entry of entries) {
    const [application, source] = itemsOf(entry)
    const [kind, name, version] = itemsOf(source)
    if (kind === 'pkg') yield hexPackage({ name, version, sha256: archives.get(application) }, location)
    else yield kind === 'git' || kind === 'git_subdir' || kind === 'hg' ? 'no-version' : 'unreadable'
  }
}
