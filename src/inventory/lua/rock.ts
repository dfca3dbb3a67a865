import type { Package } from '#model/package.ts'
import { listedPackage } from '../listed-package.ts'
import { isTable, type LuaTable } from './lua-literal.ts'

type Listed = Pick<Package, 'name' | 'version' | 'licences' | 'dependencies'>

/** LuaRocks writes names in lower case; the version has the revision of the rockspec behind a dash. */
export function rock(listed: Listed, location: string): Package | undefined {
  return listedPackage({ ...listed, name: listed.name.toLowerCase(), ecosystem: 'luarocks' }, location)
}

/** Names of `{ "lua >= 5.1", "luasocket >= 3.0" }`; Lua itself is none. */
export function rocksIn({ fields }: LuaTable): string[] {
  return [...fields.values()]
    .flatMap((value) => (typeof value === 'string' ? (/^\s{0,20}([\w./-]{1,200})/.exec(value)?.[1] ?? []) : []))
    .map((name) => name.toLowerCase())
    .filter((name) => name !== 'lua')
}

/** Tables in a table, by name. */
export function* tablesIn({ fields }: LuaTable): Generator<readonly [name: string, table: LuaTable]> {
  for (const [name, value] of fields) if (isTable(value)) yield [name, value]
}
