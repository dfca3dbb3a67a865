import { formatExpression, parseExpression } from './expression.ts'
import { nameKey } from './name-key.ts'
import { addresses, aliases, ambiguousNames, ecosystemNames } from './names.data.ts'
import { listedNames } from './spdx-list.generated.ts'

/** The expression that a name stands for; `undefined` where it stands for none or for more than one. */
export function knownName(name: string, ecosystem: string | undefined): string | undefined {
  const own = ecosystem === undefined ? undefined : ecosystemNames[ecosystem]
  const lower = name.toLowerCase()
  if (own !== undefined && Object.hasOwn(own, lower)) return own[lower]
  const key = nameKey(name)
  if (ecosystem !== undefined && ambiguousNames[ecosystem]?.has(key) === true) return undefined
  names ??= allNames()
  return names.get(key) ?? orLater(key, names)
}

/** The expression that an address stands for. */
export function knownAddress(address: string): string | undefined {
  const [, place] = /^(?:https?:)?\/\/(?:www\.)?([^?#\s]{1,300})/i.exec(address) ?? []
  if (place === undefined) return undefined
  const key = place
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/\.(?:html?|txt|php|md|en\.html)$/, '')
    .replace(/-standalone$/, '')
  if (Object.hasOwn(addresses, key)) return addresses[key]
  const [, id] = /^(?:opensource\.org\/licenses?|spdx\.org\/licenses)\/([a-z0-9.+-]{1,60})$/.exec(key) ?? []
  return id === undefined ? undefined : identifier(id)
}

/** The current spelling of an identifier, whatever its letter case. */
export function identifier(text: string): string | undefined {
  identifiers ??= new Map(Object.keys(listedNames).map((id) => [id.toLowerCase(), id]))
  const id = identifiers.get(text.toLowerCase())
  const licence = id === undefined ? undefined : parseExpression(id)
  return licence && formatExpression(licence)
}

let names: ReadonlyMap<string, string> | undefined
let identifiers: ReadonlyMap<string, string> | undefined

/** Any identifier may have the operator for later versions, except those that say it in a word. */
function orLater(key: string, known: ReadonlyMap<string, string>): string | undefined {
  const base = key.endsWith('+') ? known.get(key.slice(0, -1)) : undefined
  if (base === undefined || !/\d$/.test(base) || base.includes(' ')) return undefined
  return `${base}+`
}

function allNames(): Map<string, string> {
  const known = new Map<string, string>()
  const ambiguous = new Set<string>()
  const add = (name: string, expression: string) => {
    const key = nameKey(name)
    const other = known.get(key)
    if (other !== undefined && other !== expression) ambiguous.add(key)
    known.set(key, expression)
  }
  for (const [id, name] of Object.entries(listedNames)) {
    const expression = identifier(id)
    if (expression === undefined) continue
    add(id, expression)
    add(name, expression)
  }
  for (const key of ambiguous) known.delete(key)
  for (const [expression, others] of Object.entries(aliases)) {
    for (const name of others) known.set(nameKey(name), expression)
  }
  return known
}
