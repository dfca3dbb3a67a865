import { Problem } from '#kit/errors.ts'

export interface LuaToken {
  readonly kind: 'name' | 'number' | 'text' | 'mark'
  readonly text: string
}

const tokensLimit = 1_000_000
/** A long bracket: text or comment up to the closing one of the same level. */
const longBracket = /\[(=*)\[/y
const patterns = [
  ['name', /[A-Za-z_]\w*/y],
  ['number', /0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['mark', /\.\.|[{}[\]()=,;.:+*/%#<>~-]/y],
] as const

/** Lua 5.4 §3.1, without the operators that no constant needs. Throws `malformed` at anything else. */
export function luaTokens(text: string, at: string): readonly LuaToken[] {
  const tokens: LuaToken[] = []
  for (let index = startOf(text); index < text.length; ) {
    const { token, end } = tokenAt(text, index) ?? refuse(at)
    if (token !== undefined) tokens.push(token)
    if (tokens.length > tokensLimit) throw new Problem('limit_exceeded', `more than ${tokensLimit} words`, { at })
    index = end
  }
  return tokens
}

/** A first line beginning with `#` is not Lua's. */
function startOf(text: string): number {
  if (!text.startsWith('#')) return 0
  const feed = text.indexOf('\n')
  return feed === -1 ? text.length : feed
}

interface Step {
  /** Absent for blanks and comments. */
  readonly token?: LuaToken
  readonly end: number
}

function tokenAt(text: string, index: number): Step | undefined {
  const char = text.charAt(index)
  if (/\s/.test(char)) return { end: index + 1 }
  if (text.startsWith('--', index)) return { end: commentEnd(text, index + 2) }
  if (char === '"' || char === "'") return quoted(text, index)
  const long = longText(text, index)
  if (long !== undefined) return { token: { kind: 'text', text: long.text }, end: long.end }
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = index
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) return { token: { kind, text: found }, end: index + found.length }
  }
  return undefined
}

function commentEnd(text: string, index: number): number {
  const long = longText(text, index)
  const feed = text.indexOf('\n', index)
  return long?.end ?? (feed === -1 ? text.length : feed)
}

function longText(text: string, index: number): { readonly text: string; readonly end: number } | undefined {
  longBracket.lastIndex = index
  const open = longBracket.exec(text)
  if (open === null) return undefined
  const close = `]${open[1]}]`
  const start = index + open[0].length
  const end = text.indexOf(close, start)
  return end === -1
    ? { text: '', end: text.length }
    : { text: text.slice(start, end).replace(/^\r?\n/, ''), end: end + close.length }
}

function quoted(text: string, start: number): Step | undefined {
  const quote = text.charAt(start)
  const parts: string[] = []
  let from = start + 1
  for (let index = from; index < text.length; index++) {
    const char = text.charAt(index)
    if (char === '\n') return undefined
    if (char === quote) {
      return { token: { kind: 'text', text: [...parts, text.slice(from, index)].join('') }, end: index + 1 }
    }
    if (char === '\\') {
      const [, digits] = /^(\d{1,3})/.exec(text.slice(index + 1, index + 4)) ?? []
      const escaped = text.charAt(index + 1)
      parts.push(text.slice(from, index), digits === undefined ? (escapes[escaped] ?? escaped) : codeOf(digits))
      index += digits?.length ?? 1
      from = index + 1
    }
  }
  return undefined
}

function codeOf(digits: string): string {
  return String.fromCharCode(Number(digits))
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' }

function refuse(at: string): never {
  throw new Problem('malformed', 'it is not a list of Lua constants', { at })
}
