import { Problem } from '#kit/errors.ts'
import { joined } from '#kit/limits.ts'
import { archiveLimits } from './archive-limits.ts'

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * The members of one large JSON object, each as a small JSON object of its own, so that a damaged member costs only
 * itself and the whole never has to be held. Throws `malformed` when the text is not one object from end to end.
 */
export async function* jsonMembers(content: AsyncIterable<Uint8Array>, at: string): AsyncGenerator<string> {
  const splitter = new Splitter(at)
  for await (const chunk of content) yield* splitter.push(chunk)
  splitter.end()
}

class Splitter {
  readonly #at: string
  #depth = 0
  #inString = false
  #isEscaped = false
  #isClosed = false
  #held: Uint8Array[] = []
  #heldBytes = 0

  constructor(at: string) {
    this.#at = at
  }

  *push(chunk: Uint8Array): Generator<string> {
    let start = 0
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0
      if (this.#inString) this.#passString(byte)
      else if (this.#depth === 0) {
        this.#enter(byte)
        start = index + 1
      } else if (this.#endsMember(byte)) {
        this.#hold(chunk.subarray(start, index))
        start = index + 1
        const member = this.#release()
        if (member !== undefined) yield member
      }
    }
    if (this.#depth > 0) this.#hold(chunk.subarray(start))
  }

  end(): void {
    if (!this.#isClosed) throw this.#malformed('the file is cut off')
  }

  #passString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === backslash) this.#isEscaped = true
    else if (byte === quote) this.#inString = false
  }

  /** Outside the object only white space may stand. */
  #enter(byte: number): void {
    const isSpace = byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
    if (isSpace) return
    if (byte !== openBrace || this.#isClosed) throw this.#malformed('this is not one JSON object')
    this.#depth = 1
  }

  #endsMember(byte: number): boolean {
    switch (byte) {
      case quote:
        this.#inString = true
        return false
      case openBrace:
      case openBracket:
        this.#depth += 1
        return false
      case closeBrace:
      case closeBracket:
        this.#depth -= 1
        this.#isClosed = this.#depth === 0
        return this.#isClosed
      default:
        return byte === comma && this.#depth === 1
    }
  }

  #hold(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.#heldBytes += piece.length
    if (this.#heldBytes > archiveLimits.memberBytes) {
      throw new Problem('limit_exceeded', 'one entry is larger than the limit', { at: this.#at })
    }
    this.#held.push(piece)
  }

  #release(): string | undefined {
    const text = joined(this.#held, this.#heldBytes).toString().trim()
    this.#held = []
    this.#heldBytes = 0
    return text === '' ? undefined : `{${text}}`
  }

  #malformed(message: string): Problem {
    return new Problem('malformed', message, { at: this.#at })
  }
}
