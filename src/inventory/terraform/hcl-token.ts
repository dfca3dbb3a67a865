import { Problem } from '#kit/errors.ts'

export interface HclToken {
  readonly kind: 'text' | 'word' | 'mark'
  readonly text: string
}

const tokensLimit = 1_000_000
const blanks = /[ \t\r\n]+|#[^\n]*|\/\/[^\n]*|\/\*/y
const word = /[A-Za-z_][\w-]*|\d+(?:\.\d+)?/y
const mark = /[{}[\]=,]/y

/** The words of an HCL file without expressions, as Terraform writes lock files. Throws `malformed` at anything else. */
export function hclTokens(text: string, at: string): readonly HclToken[] {
  const tokens: HclToken[] = []
  for (let index = 0; index < text.length; ) {
    const { token, end } = tokenAt(text, index) ?? refuse(at)
    if (token !== undefined) tokens.push(token)
    if (tokens.length > tokensLimit) throw new Problem('limit_exceeded', `more than ${tokensLimit} words`, { at })
    index = end
  }
  return tokens
}

interface Step {
  readonly token?: HclToken
  readonly end: number
}

function tokenAt(text: string, index: number): Step | undefined {
  const blank = match(blanks, text, index)
  if (blank !== undefined) return { end: blank[0] === '/*' ? commentEnd(text, index) : index + blank[0].length }
  if (text.startsWith('"', index)) return quoted(text, index)
  const [name] = match(word, text, index) ?? []
  if (name !== undefined) return { token: { kind: 'word', text: name }, end: index + name.length }
  const [sign] = match(mark, text, index) ?? []
  return sign === undefined ? undefined : { token: { kind: 'mark', text: sign }, end: index + sign.length }
}

function quoted(text: string, start: number): Step | undefined {
  for (let index = start + 1; index < text.length; index++) {
    const char = text.charAt(index)
    if (char === '\n') return undefined
    if (char === '\\') index += 1
    else if (char === '"') {
      const plain = text.slice(start + 1, index).replaceAll(/\\(["\\])/g, '$1')
      return { token: { kind: 'text', text: plain }, end: index + 1 }
    }
  }
  return undefined
}

function match(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index
  return pattern.exec(text) ?? undefined
}

function commentEnd(text: string, index: number): number {
  const end = text.indexOf('*/', index + 2)
  return end === -1 ? text.length : end + 2
}

function refuse(at: string): never {
  throw new Problem('malformed', 'this is not a Terraform lock file', { at })
}
