import { parentOf } from '#kit/path.ts'
import { defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { luaTable, readLua } from './lua-literal.ts'
import { rock } from './rock.ts'

/** Not read beside the tree that it was installed into; what is needed to build or to test only is left out. */
export default defineCataloger({
  id: 'luarocks-lock',
  version: 1,
  ecosystem: 'luarocks',
  proves: 'locked',
  title: 'LuaRocks lock file (luarocks.lock)',
  spec: 'https://github.com/luarocks/luarocks/wiki/Pinning-versions-with-a-lock-file',
  files: ['**/luarocks.lock'],
  finds: ['packages'],

  async catalog(file, context) {
    const folder = parentOf(file.path)
    if (isPackaging(file.path)) return []
    if (context.typeOf(`${folder === '' ? '' : `${folder}/`}lua_modules`) === 'directory') return []
    const location = `/${file.path}`
    const returned = readLua(await file.text(), location).get('return')
    return withCounts(outcomesOf(luaTable(returned, 'dependencies'), location), location)
  },
})

function* outcomesOf({ fields }: ReturnType<typeof luaTable>, location: string): Generator<Outcome> {
  for (const [name, version] of fields) {
    if (typeof version !== 'string') yield 'unreadable'
    else if (name !== 'lua') yield rock({ name, version }, location) ?? 'unreadable'
  }
}
