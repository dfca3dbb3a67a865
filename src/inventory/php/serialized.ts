import { Problem } from '#kit/errors.ts'

/** A value that PHP serialised; arrays become maps, whatever their keys are. */
export type PhpValue = string | number | boolean | null | ReadonlyMap<string | number, PhpValue>

const depthLimit = 100
const valuesLimit = 500_000

/**
 * Reads what `serialize` of PHP wrote: https://www.php.net/manual/function.serialize.php. Objects and references are
 * refused. Throws `malformed` or `limit_exceeded`.
 */
export function readSerialized(bytes: Buffer): PhpValue {
  return new Reader(bytes).value(0)
}

class Reader {
  readonly #bytes: Buffer
  #at = 0
  #values = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  value(depth: number): PhpValue {
    this.#values += 1
    if (depth > depthLimit || this.#values > valuesLimit) {
      throw new Problem('limit_exceeded', 'serialised data that is too deep or has too many values')
    }
    const kind = this.#take(2)
    if (kind === 'N;') return null
    if (kind === 's:') return this.#string()
    if (kind === 'a:') return this.#map(depth)
    if (kind === 'b:') return this.#until(';') === '1'
    if (kind === 'i:' || kind === 'd:') return this.#number()
    throw this.#damaged()
  }

  #number(): number {
    const value = Number(this.#until(';'))
    return Number.isNaN(value) ? 0 : value
  }

  #string(): string {
    const length = this.#length()
    const end = this.#at + 1 + length
    const text = this.#bytes.toString('utf8', this.#at + 1, end)
    if (this.#take(1) !== '"' || end + 2 > this.#bytes.length) throw this.#damaged()
    this.#at = end
    if (this.#take(2) !== '";') throw this.#damaged()
    return text
  }

  #map(depth: number): ReadonlyMap<string | number, PhpValue> {
    const count = this.#length()
    if (this.#take(1) !== '{') throw this.#damaged()
    const map = new Map<string | number, PhpValue>()
    for (let index = 0; index < count; index++) {
      const key = this.value(depth + 1)
      if (typeof key !== 'string' && typeof key !== 'number') throw this.#damaged()
      map.set(key, this.value(depth + 1))
    }
    if (this.#take(1) !== '}') throw this.#damaged()
    return map
  }

  #length(): number {
    const digits = this.#until(':')
    if (!/^\d{1,9}$/.test(digits)) throw this.#damaged()
    return Number(digits)
  }

  #take(count: number): string {
    const text = this.#bytes.toString('latin1', this.#at, this.#at + count)
    this.#at += count
    return text
  }

  /** Up to the mark, which must be near. */
  #until(mark: string): string {
    const text = this.#bytes.toString('latin1', this.#at, this.#at + 64)
    const end = text.indexOf(mark)
    if (end === -1) throw this.#damaged()
    this.#at += end + 1
    return text.slice(0, end)
  }

  #damaged(): Problem {
    return new Problem('malformed', `serialised data is damaged at byte ${Math.min(this.#at, this.#bytes.length)}`)
  }
}
