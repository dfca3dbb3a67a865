import { Problem } from '#kit/errors.ts'

/** Atoms, strings and binaries are text. Maps and keyword lists are lists of pairs. */
export type Term = string | number | Group

export interface Group {
  readonly kind: 'tuple' | 'list'
  readonly items: readonly Term[]
}

export type Dialect = 'erlang' | 'elixir'

const depthLimit = 100
const valuesLimit = 500_000

/**
 * Reads literal terms as Erlang's `file:consult` does (https://www.erlang.org/doc/apps/stdlib/io_lib), and those of
 * Elixir that `inspect` prints. Nothing is evaluated. Throws `malformed` or `limit_exceeded`.
 */
export function readTerms(text: string, dialect: Dialect): Term[] {
  const reader = new Reader(text.replace(/^\uFEFF/, ''), dialect)
  const terms: Term[] = []
  while (!reader.isAtEnd) {
    terms.push(reader.term(0))
    if (dialect === 'erlang') reader.endOfTerm()
  }
  return terms
}

/** Items of a tuple or list; empty for anything else. */
export function itemsOf(term: Term | undefined): readonly Term[] {
  return typeof term === 'object' ? term.items : []
}

/** What a list of pairs has for a key. */
export function valueOf(term: Term | undefined, key: string): Term | undefined {
  const pair = itemsOf(term).find((one) => itemsOf(one)[0] === key)
  return itemsOf(pair)[1]
}

class Reader {
  readonly #text: string
  readonly #dialect: Dialect
  #at = 0
  #values = 0

  constructor(text: string, dialect: Dialect) {
    this.#text = text
    this.#dialect = dialect
    this.#skip()
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length
  }

  endOfTerm(): void {
    if (!this.#takes('.')) throw this.#damaged()
  }

  term(depth: number): Term {
    this.#values += 1
    if (depth > depthLimit || this.#values > valuesLimit) {
      throw new Problem('limit_exceeded', 'terms that are too deep or too many')
    }
    const term = this.#bare(depth)
    this.#skip()
    return term
  }

  #bare(depth: number): Term {
    if (this.#takes(this.#dialect === 'erlang' ? '#{' : '%{')) return this.#group('list', '}', depth)
    if (this.#takes('{')) return this.#group('tuple', '}', depth)
    if (this.#takes('[')) return this.#group('list', ']', depth)
    if (this.#takes('<<')) return this.#binary()
    const char = this.#text[this.#at] ?? ''
    if (char === '"' || char === "'") return this.#strings(char)
    if (this.#dialect === 'elixir' && char === ':') this.#at += 1
    if (this.#text[this.#at] === '"') return this.#quoted('"')
    if (this.#dialect === 'erlang' && char === '$') return this.#character()
    return this.#word()
  }

  /** `$a` or `$\n`: its number, which nobody asks for. */
  #character(): number {
    this.#at += this.#text[this.#at + 1] === '\\' ? 3 : 2
    return 0
  }

  #group(kind: Group['kind'], close: string, depth: number): Group {
    const items: Term[] = []
    while (!this.#takes(close)) {
      const item = this.term(depth + 1)
      const isKey = this.#takes('=>') || this.#takes(':=') || (this.#dialect === 'elixir' && this.#takes(':'))
      items.push(isKey ? { kind: 'tuple', items: [item, this.term(depth + 1)] } : item)
      if (!this.#takes(',') && !this.#takes('|') && this.#text[this.#at] !== close) throw this.#damaged()
    }
    return { kind, items }
  }

  /** `<<"text">>` or `<<"text"/utf8>>`; other segments are no text. */
  #binary(): string {
    const text = this.#text[this.#at] === '"' ? this.#quoted('"') : ''
    const end = this.#text.indexOf('>>', this.#at)
    if (end === -1 || end - this.#at > 1000) throw this.#damaged()
    this.#at = end + 2
    return text
  }

  /** Strings that follow one another are one. */
  #strings(mark: string): string {
    const texts = [this.#quoted(mark)]
    for (;;) {
      this.#skip()
      if (this.#text[this.#at] !== '"' || mark !== '"') return texts.join('')
      texts.push(this.#quoted(mark))
    }
  }

  #quoted(mark: string): string {
    const start = this.#at + 1
    for (let at = start; at < this.#text.length; at++) {
      const char = this.#text[at]
      if (char === '\\') at += 1
      else if (char === mark) {
        this.#at = at + 1
        return this.#text.slice(start, at).replaceAll(/\\(.)/gs, '$1')
      }
    }
    throw this.#damaged()
  }

  #word(): string | number {
    const pattern =
      this.#dialect === 'erlang' ? /[\w@#+-]{1,256}(?:\.\d{1,50}(?:e[+-]?\d{1,10})?)?/iy : /[\w@.!?+-]{1,256}/y
    pattern.lastIndex = this.#at
    const [word] = pattern.exec(this.#text) ?? []
    if (word === undefined) throw this.#damaged()
    this.#at += word.length
    return /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(word) ? Number(word) : word
  }

  #takes(mark: string): boolean {
    if (!this.#text.startsWith(mark, this.#at)) return false
    this.#at += mark.length
    this.#skip()
    return true
  }

  /** Over blanks and comments. */
  #skip(): void {
    const comment = this.#dialect === 'erlang' ? '%' : '#'
    for (;;) {
      const blanks = /\s*/y
      blanks.lastIndex = this.#at
      this.#at += blanks.exec(this.#text)?.[0].length ?? 0
      if (this.#text[this.#at] !== comment) return
      const end = this.#text.indexOf('\n', this.#at)
      this.#at = end === -1 ? this.#text.length : end
    }
  }

  #damaged(): Problem {
    const line = this.#text.slice(0, this.#at).split('\n').length
    return new Problem('malformed', `a term in line ${line} cannot be read`)
  }
}
