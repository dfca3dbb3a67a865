import { Problem } from '#kit/errors.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { type LuaValue, luaTable, luaText, readLua } from './lua-literal.ts'
import { rock, rocksIn } from './rock.ts'

/**
 * A rocks tree has a folder for each version of a rock, and in it the specification that the rock came with. That is a
 * program and may be one that has to be run to be understood; then the folders still say what is installed.
 */
export default defineCataloger({
  id: 'luarocks-rock',
  version: 1,
  ecosystem: 'luarocks',
  proves: 'installed',
  title: 'Installed rocks (rockspec in a rocks tree)',
  spec: 'https://github.com/luarocks/luarocks/wiki/Rockspec-format',
  files: ['**/luarocks/rocks*/*/*/*.rockspec'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file) {
    const [, name, version] = /\/rocks[^/]*\/([^/]+)\/([^/]+)\/\1-\2\.rockspec$/.exec(file.path) ?? []
    if (name === undefined || version === undefined) return []
    return [foundRock(name, version, { text: await file.text(), location: `/${file.path}` })]
  },
})

function foundRock(name: string, version: string, { text, location }: Specification): Found {
  const globals = constantsOf(text, location)
  const licence = luaText(globals.get('description'), 'license')
  const licences = licence === undefined ? [] : [licence]
  const dependencies = rocksIn(luaTable({ fields: globals }, 'dependencies'))
  const found = rock({ name, version, licences, dependencies }, location)
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: 'its name or version is not one that LuaRocks knows' } }
}

interface Specification {
  readonly text: string
  readonly location: string
}

function constantsOf(text: string, location: string): ReadonlyMap<string, LuaValue> {
  try {
    return readLua(text, location)
  } catch (error) {
    if (error instanceof Problem) return new Map()
    throw error
  }
}
