import { afterBytes, beforeBytes, type Evidence, literalBytes, versionAt } from './evidence.ts'

/** So much on either side of a border decides what stands across it. */
const reachBytes = beforeBytes + literalBytes + afterBytes
/** More versions than these are not told apart: one is one too many. */
const versionsLimit = 4
/** What a file costs that is made of one literal over and over. */
const looksLimit = 20_000
const hitsLimit = 2_000_000

interface Sought {
  readonly evidence: Evidence
  /** The literal without its first byte where that is a zero: of these there are too many to stop at. */
  readonly needle: Buffer
  readonly isAfterZero: boolean
  readonly versions: Set<string>
  hits: number
  looks: number
}

/** Of a piece of the file: whether the file starts or ends with it. */
interface Extent {
  readonly isStart: boolean
  readonly isEnd: boolean
}

/** Looks for evidence in a file that streams by, wherever its chunks are cut. Only the borders are copied. */
export class ContentSearch {
  readonly #sought: readonly Sought[]
  /** The end of what was seen, and then the start of what came next. */
  readonly #border = Buffer.allocUnsafeSlow(2 * reachBytes)
  #tailBytes = 0
  #seenBytes = 0

  constructor(evidence: readonly Evidence[]) {
    this.#sought = evidence.map((one) => {
      const isAfterZero = one.literal.startsWith('\0')
      const needle = Buffer.from(one.literal.slice(isAfterZero ? 1 : 0), 'latin1')
      return { evidence: one, needle, isAfterZero, versions: new Set(), hits: 0, looks: 0 }
    })
  }

  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const borderBytes = this.#tailBytes + bytes.copy(this.#border, this.#tailBytes, 0, reachBytes)
    this.#search(this.#border.subarray(0, borderBytes), {
      isStart: this.#seenBytes === this.#tailBytes,
      isEnd: false,
    })
    this.#search(bytes, { isStart: this.#seenBytes === 0, isEnd: false })
    this.#seenBytes += bytes.length
    this.#keepTail(bytes, borderBytes)
  }

  /** The distinct versions that each piece of evidence told, in the order it was given. */
  end(): { readonly evidence: Evidence; readonly versions: readonly string[] }[] {
    this.#search(this.#border.subarray(0, this.#tailBytes), {
      isStart: this.#seenBytes === this.#tailBytes,
      isEnd: true,
    })
    return this.#sought.map(({ evidence, versions }) => ({ evidence, versions: [...versions] }))
  }

  #keepTail(bytes: Buffer, borderBytes: number): void {
    if (bytes.length >= reachBytes) {
      this.#tailBytes = bytes.copy(this.#border, 0, bytes.length - reachBytes)
    } else {
      const start = Math.max(0, borderBytes - reachBytes)
      this.#border.copyWithin(0, start, borderBytes)
      this.#tailBytes = borderBytes - start
    }
  }

  /** What is cut off on either side is left to the piece across the border. */
  #search(bytes: Buffer, { isStart, isEnd }: Extent): void {
    const first = isStart ? 0 : beforeBytes
    for (const one of this.#sought) {
      const reach = one.needle.length + (isEnd ? 0 : afterBytes)
      for (let at = first; this.#isOpen(one); at += 1) {
        at = bytes.indexOf(one.needle, at)
        if (at === -1 || at + reach > bytes.length) break
        one.hits += 1
        if (one.isAfterZero && bytes[at - 1] !== 0) continue
        one.looks += 1
        const version = versionAt(bytes, one.isAfterZero ? at - 1 : at, one.evidence)
        if (version !== undefined) one.versions.add(version)
      }
    }
  }

  #isOpen({ versions, hits, looks }: Sought): boolean {
    return versions.size < versionsLimit && hits < hitsLimit && looks < looksLimit
  }
}
