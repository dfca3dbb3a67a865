import { parentOf } from '#kit/path.ts'
import { type CatalogContext, defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { luaTable, readLua } from './lua-literal.ts'
import { rock, tablesIn } from './rock.ts'

/** What a rocks tree says it holds. A rock whose specification is there is read from that. */
export default defineCataloger({
  id: 'luarocks-manifest',
  version: 1,
  ecosystem: 'luarocks',
  proves: 'installed',
  title: 'Manifest of a rocks tree',
  spec: 'https://github.com/luarocks/luarocks/wiki/Manifest-file-format',
  files: ['**/luarocks/rocks*/manifest'],
  finds: ['packages', 'dependencies'],

  async catalog(file, context) {
    const location = `/${file.path}`
    const repository = luaTable({ fields: readLua(await file.text(), location) }, 'repository')
    return withCounts(outcomesOf(repository, { tree: parentOf(file.path), location, context }), location)
  },
})

interface Tree {
  readonly tree: string
  readonly location: string
  readonly context: CatalogContext
}

function* outcomesOf(repository: ReturnType<typeof luaTable>, { tree, location, context }: Tree): Generator<Outcome> {
  for (const [name, versions] of tablesIn(repository)) {
    for (const [version, items] of tablesIn(versions)) {
      const isRead = context.typeOf(`${tree}/${name}/${version}/${name}-${version}.rockspec`) === 'file'
      const dependencies = [...luaTable(luaTable(items, '1'), 'dependencies').fields.keys()]
      yield isRead ? 'left-out' : (rock({ name, version, dependencies }, location) ?? 'unreadable')
    }
  }
}
