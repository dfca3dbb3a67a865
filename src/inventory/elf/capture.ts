/** One stretch of a stream, gathered while the stream passes by. */
export class Capture {
  readonly start: number
  readonly #bytes: Buffer
  #filled = 0

  constructor(start: number, sizeBytes: number) {
    this.start = start
    this.#bytes = Buffer.allocUnsafe(sizeBytes)
  }

  get end(): number {
    return this.start + this.#bytes.length
  }

  get isWhole(): boolean {
    return this.#filled === this.#bytes.length
  }

  /** What was gathered so far. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#filled)
  }

  /** Chunks come in the order of the stream; `offset` is where in it this one starts. */
  take(chunk: Uint8Array, offset: number): void {
    const from = this.start + this.#filled - offset
    if (this.isWhole || from < 0 || from >= chunk.length) return
    const piece = chunk.subarray(from, this.end - offset)
    this.#bytes.set(piece, this.#filled)
    this.#filled += piece.length
  }
}
