import type { ByteView } from '#kit/zip.ts'

const blockBytes = 256 * 1024

/** How much may be kept before something is not. */
export interface KeptLimits {
  readonly contentBytes: number
  readonly descriptionBytes: number
}

/** Stretches of a stream that were kept, each at its place; what lies between them takes no memory. */
export class KeptBytes implements ByteView {
  readonly #limits: KeptLimits
  readonly #blocks: Buffer[] = []
  /** Where stretches begin, in the stream and in the blocks; each ends where the next begins in the blocks. */
  readonly #offsets: number[] = []
  readonly #places: number[] = []
  #storedBytes = 0
  #position = 0
  #isFull = false

  constructor(limits: KeptLimits) {
    this.#limits = limits
  }

  /** Of the stream so far. */
  get size(): number {
    return this.#position
  }

  /** True when something was not kept because there was too much. */
  get isFull(): boolean {
    return this.#isFull
  }

  keep(bytes: Uint8Array, limit: keyof KeptLimits): void {
    if (this.#storedBytes + bytes.length > this.#limits[limit]) this.#isFull = true
    else if (bytes.length > 0) this.#store(bytes)
    this.#position += bytes.length
  }

  skip(bytes: number): void {
    this.#position += bytes
  }

  read(offset: number, length: number): Buffer | undefined {
    const index = this.#stretchAt(offset)
    const [start, place] = [this.#offsets[index], this.#places[index]]
    if (start === undefined || place === undefined || length < 0) return undefined
    const from = place + offset - start
    return from + length > (this.#places[index + 1] ?? this.#storedBytes) ? undefined : this.#load(from, length)
  }

  before(end: number, length: number): Buffer {
    const start = this.#offsets[this.#stretchAt(end - 1)] ?? end
    const from = Math.max(start, end - length)
    return this.read(from, end - from) ?? Buffer.alloc(0)
  }

  #store(bytes: Uint8Array): void {
    const last = this.#offsets.length - 1
    const end = (this.#offsets[last] ?? 0) + this.#storedBytes - (this.#places[last] ?? 0)
    if (last === -1 || end !== this.#position) {
      this.#offsets.push(this.#position)
      this.#places.push(this.#storedBytes)
    }
    for (let at = 0; at < bytes.length; ) {
      const inBlock = this.#storedBytes % blockBytes
      if (inBlock === 0) this.#blocks.push(Buffer.allocUnsafeSlow(blockBytes))
      const piece = bytes.subarray(at, at + blockBytes - inBlock)
      this.#blocks.at(-1)?.set(piece, inBlock)
      this.#storedBytes += piece.length
      at += piece.length
    }
  }

  /** The last stretch that does not begin behind it; -1 when there is none. */
  #stretchAt(offset: number): number {
    let [low, high] = [0, this.#offsets.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  #load(from: number, length: number): Buffer {
    const inBlock = from % blockBytes
    const first = this.#blocks[Math.floor(from / blockBytes)]
    if (first !== undefined && inBlock + length <= blockBytes) return first.subarray(inBlock, inBlock + length)
    const bytes = Buffer.allocUnsafe(length)
    for (let at = 0; at < length; ) {
      const start = (from + at) % blockBytes
      const piece = this.#blocks[Math.floor((from + at) / blockBytes)]?.subarray(start, start + length - at)
      if (piece === undefined) break
      bytes.set(piece, at)
      at += piece.length
    }
    return bytes
  }
}
