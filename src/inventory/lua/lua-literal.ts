import { Problem } from '#kit/errors.ts'
import { type LuaToken, luaTokens } from './lua-token.ts'

/** Positional values of a table are under `1`, `2` and so on, as in Lua. */
export interface LuaTable {
  readonly fields: ReadonlyMap<string, LuaValue>
}

export type LuaValue = string | number | boolean | undefined | LuaTable

const depthLimit = 100

/**
 * Global variables of a Lua file that only assigns constants, as LuaRocks writes and rocks bring: literals, names
 * assigned before, and strings joined by `..`. What the file returns is under `return`. Throws `malformed` at the first
 * thing that would have to be run.
 */
export function readLua(text: string, at: string): ReadonlyMap<string, LuaValue> {
  return new Reader(text, at).chunk()
}

/** The string under a name of a table. */
export function luaText(value: LuaValue, name: string): string | undefined {
  const found = isTable(value) ? value.fields.get(name) : undefined
  return typeof found === 'string' ? found : undefined
}

/** The table under a name of a table; one without fields where there is none. */
export function luaTable(value: LuaValue, name: string): LuaTable {
  const found = isTable(value) ? value.fields.get(name) : undefined
  return isTable(found) ? found : { fields: new Map() }
}

export function isTable(value: LuaValue): value is LuaTable {
  return typeof value === 'object'
}

class Reader {
  readonly #tokens: readonly LuaToken[]
  readonly #at: string
  readonly #variables = new Map<string, LuaValue>()
  #next = 0

  constructor(text: string, at: string) {
    this.#tokens = luaTokens(text, at)
    this.#at = at
  }

  chunk(): ReadonlyMap<string, LuaValue> {
    while (this.#next < this.#tokens.length) {
      if (this.#takes(';')) continue
      if (this.#takes('return')) this.#variables.set('return', this.#expression(0))
      else {
        this.#takes('local')
        const name = this.#name()
        this.#expect('=')
        this.#variables.set(name, this.#expression(0))
      }
    }
    return this.#variables
  }

  #expression(depth: number): LuaValue {
    const first = this.#operand(depth)
    if (!this.#sees('..')) return first
    const parts = [first]
    while (this.#takes('..')) parts.push(this.#operand(depth))
    if (parts.some((part) => typeof part !== 'string' && typeof part !== 'number')) this.#refuse()
    return parts.map(String).join('')
  }

  #operand(depth: number): LuaValue {
    if (depth > depthLimit) throw new Problem('limit_exceeded', `tables deeper than ${depthLimit}`, { at: this.#at })
    const token = this.#tokens[this.#next]
    if (token === undefined) return this.#refuse()
    if (token.kind === 'mark' && token.text === '{') return this.#table(depth)
    if (this.#takes('(')) {
      const inner = this.#expression(depth + 1)
      this.#expect(')')
      return inner
    }
    if (this.#takes('-')) return -Number(this.#operand(depth + 1))
    this.#next += 1
    if (token.kind === 'text') return token.text
    if (token.kind === 'number') return Number(token.text)
    return token.kind === 'name' ? this.#named(token.text) : this.#refuse()
  }

  /** A constant, or a variable and fields of it. */
  #named(name: string): LuaValue {
    if (Object.hasOwn(constants, name)) return constants[name]
    if (!this.#variables.has(name)) return this.#refuse()
    let value = this.#variables.get(name)
    while (this.#takes('.')) value = isTable(value) ? value.fields.get(this.#name()) : this.#refuse()
    return this.#sees('(') || this.#sees(':') ? this.#refuse() : value
  }

  #table(depth: number): LuaTable {
    const fields = new Map<string, LuaValue>()
    let position = 1
    this.#expect('{')
    while (!this.#takes('}')) {
      const key = this.#key(depth)
      fields.set(key ?? String(position++), this.#expression(depth + 1))
      if (!this.#takes(',') && !this.#takes(';') && !this.#sees('}')) this.#refuse()
    }
    return { fields }
  }

  #key(depth: number): string | undefined {
    const [token, after] = [this.#tokens[this.#next], this.#tokens[this.#next + 1]]
    if (token?.kind === 'name' && after?.kind === 'mark' && after.text === '=') {
      this.#next += 2
      return token.text
    }
    if (!this.#takes('[')) return undefined
    const key = this.#expression(depth + 1)
    this.#expect(']')
    this.#expect('=')
    return isTable(key) ? this.#refuse() : String(key)
  }

  #name(): string {
    const token = this.#tokens[this.#next]
    if (token?.kind !== 'name') return this.#refuse()
    this.#next += 1
    return token.text
  }

  #sees(text: string): boolean {
    const token = this.#tokens[this.#next]
    return token !== undefined && token.kind !== 'text' && token.text === text
  }

  #takes(text: string): boolean {
    const isSeen = this.#sees(text)
    if (isSeen) this.#next += 1
    return isSeen
  }

  #expect(text: string): void {
    if (!this.#takes(text)) this.#refuse()
  }

  #refuse(): never {
    throw new Problem('malformed', 'it is not a list of Lua constants', { at: this.#at })
  }
}

const constants: Readonly<Record<string, LuaValue>> = { true: true, false: false, nil: undefined }
