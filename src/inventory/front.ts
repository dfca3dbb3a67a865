import { Problem } from '#kit/errors.ts'
import { joined } from '#kit/limits.ts'

/** Headers that lead from one to the next. */
const partsLimit = 64

/** The front of a file that streams by, as long as the headers found so far say. */
export class Front {
  readonly #need: (bytes: Buffer) => number
  readonly #limitBytes: number
  #chunks: Uint8Array[] = []
  #size = 0
  #needed: number
  #asked = 0

  /** `need` tells from what is there how many bytes are needed in all; it is asked again once they are there. */
  constructor(need: (bytes: Buffer) => number, limitBytes: number) {
    this.#need = need
    this.#limitBytes = limitBytes
    this.#needed = need(Buffer.alloc(0))
  }

  get isWhole(): boolean {
    return this.#size >= this.#needed
  }

  get bytes(): Buffer {
    return joined(this.#chunks, this.#size)
  }

  /** Throws `limit_exceeded` where more is needed than is ever kept. */
  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.isWhole; ) {
      const piece = Buffer.from(chunk.subarray(at, at + this.#needed - this.#size))
      this.#chunks.push(piece)
      this.#size += piece.length
      at += piece.length
      if (this.isWhole) this.#askAgain()
    }
  }

  #askAgain(): void {
    const { bytes } = this
    this.#chunks = [bytes]
    this.#needed = this.#need(bytes)
    this.#asked += 1
    if (this.#asked > partsLimit) throw new Problem('limit_exceeded', `it begins with more than ${partsLimit} parts`)
    if (this.#needed > this.#limitBytes) {
      throw new Problem('limit_exceeded', `the description of the package is longer than ${this.#limitBytes} bytes`)
    }
  }
}
