import { Problem } from '../errors.ts'
import { blockSize, readNumber } from './tar-header.ts'

/** Offset and length, by turns, of the parts of a sparse file that are stored. */
export type SparseMap = readonly number[]

const zeros = new Uint8Array(64 * 1024)

/** Entries of a map that are read; GNU tar itself writes one per stored extent. */
const mapLimit = 1_000_000

/** Reads up to `count` map entries of 24 bytes as old GNU headers have them; an empty length ends the list. */
export function readOldMap(map: number[], bytes: Buffer, start: number, count: number): void {
  if (map.length > 2 * mapLimit) throw damaged()
  for (let at = start; at < start + count * 24 && bytes[at + 12] !== 0; at += 24) {
    map.push(readNumber(bytes, at, 12) ?? -1, readNumber(bytes, at + 12, 12) ?? -1)
  }
}

/** The map of GNU.sparse 1.0: decimal lines in front of the content, in whole blocks, the count first. */
export class ContentMap {
  readonly map: number[] = []
  #count: number | undefined
  #digits = ''
  bytes = 0

  /** Takes one block; true once the map is complete. */
  add(block: Buffer): boolean {
    this.bytes += blockSize
    const lines = (this.#digits + block.toString('latin1')).split('\n')
    this.#digits = lines.pop() ?? ''
    if (this.#digits.length > blockSize) this.#digits = this.#digits.slice(0, 20)
    for (const line of lines) {
      if (this.isComplete()) break
      this.#take(line)
    }
    return this.isComplete()
  }

  isComplete(): boolean {
    return this.#count !== undefined && this.map.length === 2 * this.#count
  }

  #take(line: string): void {
    const value = /^\d{1,16}$/.test(line) ? Number(line) : -1
    if (value < 0) throw damaged()
    if (this.#count !== undefined) this.map.push(value)
    else if (value > mapLimit) throw damaged()
    else this.#count = value
  }
}

/** Turns the stored parts of a sparse file back into its content. */
export class SparseContent {
  readonly #map: SparseMap
  readonly #size: number
  #part = 0
  #at = 0

  constructor(map: SparseMap, storedSize: number, size: number) {
    checkMap(map, storedSize, size)
    this.#map = map
    this.#size = size
  }

  *expand(stored: Uint8Array): Generator<Uint8Array> {
    let from = 0
    while (from < stored.length) {
      const start = this.#map[this.#part] ?? 0
      const end = start + (this.#map[this.#part + 1] ?? 0)
      if (this.#at >= end) {
        this.#part += 2
        continue
      }
      if (this.#at < start) yield* this.#holeTo(start)
      const piece = stored.subarray(from, from + end - this.#at)
      this.#at += piece.length
      from += piece.length
      yield piece
    }
  }

  *finish(): Generator<Uint8Array> {
    yield* this.#holeTo(this.#size)
  }

  *#holeTo(end: number): Generator<Uint8Array> {
    while (this.#at < end) {
      const length = Math.min(zeros.length, end - this.#at)
      this.#at += length
      yield zeros.subarray(0, length)
    }
  }
}

/** The parts must be in order, inside the file, and add up to what is stored. */
function checkMap(map: SparseMap, storedSize: number, size: number): void {
  let end = 0
  let stored = 0
  for (let index = 0; index + 1 < map.length; index += 2) {
    const offset = map[index] ?? -1
    const length = map[index + 1] ?? -1
    if (offset < end || length < 0 || offset + length > size) throw damaged()
    end = offset + length
    stored += length
  }
  if (map.length % 2 !== 0 || stored !== storedSize) throw damaged()
}

function damaged(): Problem {
  return new Problem('malformed', 'damaged map of a sparse file')
}
