import { Problem } from '#kit/errors.ts'

const frameMagic = 0xfd2fb528
const skippableMagic = 0x184d2a50

type Part = 'magic' | 'skippable-size' | 'descriptor' | 'block-header' | 'body'

/**
 * Cuts a zstd stream at the borders of its frames (RFC 8878, section 3.1), as zstd:chunked layers have thousands.
 * Needed because Node's decompressor drops, without a word, what follows a frame within the same write.
 */
export class ZstdFrames {
  readonly #name: string
  #part: Part = 'magic'
  /** Bytes still missing of the current part. */
  #missing = 4
  /** The part so far, as a little-endian number. */
  #value = 0
  #scale = 1
  /** What a body is followed by. */
  #afterBody: 'block-header' | 'magic' = 'magic'
  #checksumBytes = 0

  constructor(name: string) {
    this.#name = name
  }

  /** Pieces of `chunk`, none of which reaches over the end of a frame. Throws `malformed`. */
  *split(chunk: Uint8Array): Generator<Uint8Array, void> {
    let from = 0
    let at = 0
    while (at < chunk.length) {
      const end = Math.min(chunk.length, at + this.#missing)
      if (this.#part !== 'body') for (let index = at; index < end; index += 1) this.#addByte(chunk[index] ?? 0)
      this.#missing -= end - at
      at = end
      if (this.#missing > 0 || !this.#advance()) continue
      yield chunk.subarray(from, at)
      from = at
    }
    if (from < at) yield chunk.subarray(from, at)
  }

  #addByte(byte: number): void {
    this.#value += byte * this.#scale
    this.#scale *= 256
  }

  /** Goes on to the next part; true at the end of a frame. */
  #advance(): boolean {
    const value = this.#value
    switch (this.#part) {
      case 'magic':
        this.#startFrame(value)
        break
      case 'skippable-size':
        this.#expectBody(value, 'magic')
        break
      case 'descriptor':
        this.#expectBody(this.#readDescriptor(value), 'block-header')
        break
      case 'block-header':
        this.#startBlock(value)
        break
      case 'body':
        this.#expect(this.#afterBody, this.#afterBody === 'magic' ? 4 : 3)
        return this.#afterBody === 'magic'
    }
    return this.#missing === 0 && this.#advance()
  }

  #startFrame(magic: number): void {
    if (magic === frameMagic) this.#expect('descriptor', 1)
    else if (magic - (magic % 16) === skippableMagic) this.#expect('skippable-size', 4)
    else
      throw new Problem('malformed', `${this.#name} goes on with something that is not a zstd frame`, {
        at: this.#name,
      })
  }

  /** Length of the rest of a frame header (section 3.1.1.1.1). */
  #readDescriptor(descriptor: number): number {
    const isSingleSegment = (descriptor & 0x20) !== 0
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
    const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
    this.#checksumBytes = (descriptor & 4) === 0 ? 0 : 4
    return (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes
  }

  /** Section 3.1.1.2: last block flag, type, size; a run-length block has one byte whatever its size. */
  #startBlock(header: number): void {
    const isLast = (header & 1) === 1
    const isRunLength = ((header >> 1) & 3) === 1
    const bytes = isRunLength ? 1 : header >> 3
    if (isLast) this.#expectBody(bytes + this.#checksumBytes, 'magic')
    else this.#expectBody(bytes, 'block-header')
  }

  #expectBody(bytes: number, afterwards: 'block-header' | 'magic'): void {
    this.#afterBody = afterwards
    this.#expect('body', bytes)
  }

  #expect(part: Part, bytes: number): void {
    this.#part = part
    this.#missing = bytes
    this.#value = 0
    this.#scale = 1
  }
}
