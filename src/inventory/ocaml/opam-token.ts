import { Problem } from '#kit/errors.ts'

export interface OpamToken {
  readonly kind: 'text' | 'word' | 'mark'
  readonly text: string
}

const tokensLimit = 1_000_000
const blanks = /[ \t\r\n]+|#[^\n]*/y
const word = /[A-Za-z0-9_][\w+.:/~-]*(?<!:)/y
const mark = /[<>!=]=|[[\](){}:=<>&|!?+^-]/y
const comment = '(*'

/** Throws `malformed` at what no opam file has. */
export function opamTokens(text: string, at: string): readonly OpamToken[] {
  const tokens: OpamToken[] = []
  for (let index = 0; index < text.length; ) {
    const { token, end } = tokenAt(text, index) ?? refuse(at)
    if (token !== undefined) tokens.push(token)
    if (tokens.length > tokensLimit) throw new Problem('limit_exceeded', `more than ${tokensLimit} words`, { at })
    index = end
  }
  return tokens
}

interface Step {
  readonly token?: OpamToken
  readonly end: number
}

function tokenAt(text: string, index: number): Step | undefined {
  const blank = match(blanks, text, index)
  if (blank !== undefined) return { end: index + blank.length }
  if (text.startsWith(comment, index)) return { end: after(text, '*)', index + 2) }
  if (text.startsWith('"""', index)) return longText(text, index + 3)
  if (text.startsWith('"', index)) return quoted(text, index)
  const name = match(word, text, index)
  if (name !== undefined) return { token: { kind: 'word', text: name }, end: index + name.length }
  const sign = match(mark, text, index)
  return sign === undefined ? undefined : { token: { kind: 'mark', text: sign }, end: index + sign.length }
}

function match(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index
  return pattern.exec(text)?.[0]
}

function after(text: string, closing: string, from: number): number {
  const at = text.indexOf(closing, from)
  return at === -1 ? text.length : at + closing.length
}

function longText(text: string, start: number): Step {
  const end = after(text, '"""', start)
  return { token: { kind: 'text', text: text.slice(start, Math.max(start, end - 3)) }, end }
}

function quoted(text: string, start: number): Step | undefined {
  for (let index = start + 1; index < text.length; index++) {
    const char = text.charAt(index)
    if (char === '\\') index += 1
    else if (char === '"') {
      const plain = text.slice(start + 1, index).replaceAll(/\\(["\\])/g, '$1')
      return { token: { kind: 'text', text: plain }, end: index + 1 }
    }
  }
  return undefined
}

function refuse(at: string): never {
  throw new Problem('malformed', 'this is not an opam file', { at })
}
