import { type OpamToken, opamTokens } from './opam-token.ts'

/** A string with the tokens of the braces behind it: `"dune" {build & >= "2.0"}`. */
export interface OpamItem {
  readonly text: string
  readonly filter: readonly OpamToken[]
}

/**
 * The strings of each field of an opam file, however they are bracketed; fields of a section are under its name and a
 * dot. Throws `malformed` at what no opam file has.
 */
export function readOpam(text: string, at: string): ReadonlyMap<string, readonly OpamItem[]> {
  const reader = new Reader(opamTokens(text, at))
  reader.body('')
  return reader.fields
}

export function textsOf(items: readonly OpamItem[] | undefined): string[] {
  return items?.map(({ text }) => text) ?? []
}

class Reader {
  readonly fields = new Map<string, OpamItem[]>()
  readonly #tokens: readonly OpamToken[]
  #next = 0

  constructor(tokens: readonly OpamToken[]) {
    this.#tokens = tokens
  }

  /** Fields and sections up to the closing brace; sections of sections do not exist. */
  body(prefix: string): void {
    for (let token = this.#take(); token !== undefined; token = this.#take()) {
      if (isMark(token, '}') && prefix !== '') return
      if (token.kind !== 'word') continue
      if (isMark(this.#tokens[this.#next], ':')) this.#field(`${prefix}${token.text}`)
      else if (prefix === '' && this.#opensSection()) this.body(`${token.text}.`)
    }
  }

  /** `url {` or `extra-source "name" {` */
  #opensSection(): boolean {
    if (this.#tokens[this.#next]?.kind === 'text') this.#next += 1
    const isOpen = isMark(this.#tokens[this.#next], '{')
    if (isOpen) this.#next += 1
    return isOpen
  }

  /** A value ends where the next field, section or closing brace begins outside of all brackets. */
  #field(name: string): void {
    this.#next += 1
    const items: OpamItem[] = []
    this.fields.set(name, items)
    let brackets = 0
    for (let token = this.#tokens[this.#next]; token !== undefined; token = this.#tokens[this.#next]) {
      const endsHere = brackets === 0 && (isMark(token, '}') || this.#beginsField())
      if (endsHere) return
      this.#next += 1
      if (isMark(token, '[') || isMark(token, '(')) brackets += 1
      else if (isMark(token, ']') || isMark(token, ')')) brackets -= 1
      else if (token.kind === 'text') items.push({ text: token.text, filter: [] })
      else if (isMark(token, '{')) this.#addFilter(items)
    }
  }

  #beginsField(): boolean {
    const [token, after, third] = this.#tokens.slice(this.#next, this.#next + 3)
    const isSection = isMark(after, '{') || (after?.kind === 'text' && isMark(third, '{'))
    return token?.kind === 'word' && (isMark(after, ':') || isSection)
  }

  #addFilter(items: OpamItem[]): void {
    const filter: OpamToken[] = []
    let depth = 1
    for (let token = this.#take(); token !== undefined; token = this.#take()) {
      if (isMark(token, '{')) depth += 1
      else if (isMark(token, '}')) depth -= 1
      if (depth === 0) break
      filter.push(token)
    }
    const last = items.pop()
    if (last !== undefined) items.push({ text: last.text, filter: [...last.filter, ...filter] })
  }

  #take(): OpamToken | undefined {
    const token = this.#tokens[this.#next]
    this.#next += 1
    return token
  }
}

function isMark(token: OpamToken | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text
}
