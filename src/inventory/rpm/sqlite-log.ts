import { joined } from '#kit/limits.ts'

const headerBytes = 32
const frameHeaderBytes = 24

/** The database as it is once the committed part of its write-ahead log is put in: https://sqlite.org/fileformat2.html §4 */
export function withLog(database: Buffer, log: Buffer | undefined): Buffer {
  const state = log === undefined ? undefined : committedState(log)
  if (log === undefined || state === undefined) return database
  const { pageBytes, pages, pageCount } = state
  if (pageCount * pageBytes > database.length + log.length) return database
  const size = pageCount * pageBytes
  const result = joined([database.subarray(0, size), Buffer.alloc(Math.max(size - database.length, 0))], size)
  for (const [page, at] of pages) log.copy(result, (page - 1) * pageBytes, at, at + pageBytes)
  return result
}

interface CommittedState {
  readonly pageBytes: number
  /** Where in the log the newest content of each page is. */
  readonly pages: ReadonlyMap<number, number>
  readonly pageCount: number
}

function committedState(log: Buffer): CommittedState | undefined {
  if (log.length < headerBytes || (log.readUInt32BE(0) & 0xff_ff_ff_fe) >>> 0 !== 0x37_7f_06_82) return undefined
  const pageBytes = log.readUInt32BE(8)
  if (pageBytes < 512 || pageBytes > 65_536 || pageBytes % 8 !== 0) return undefined
  const checksum = new Checksum(log)
  checksum.add(0, headerBytes - 8)
  if (!checksum.isAt(headerBytes - 8)) return undefined
  const pending = new Map<number, number>()
  const pages = new Map<number, number>()
  let pageCount = 0
  for (let at = headerBytes; at + frameHeaderBytes + pageBytes <= log.length; at += frameHeaderBytes + pageBytes) {
    if (!log.subarray(at + 8, at + 16).equals(log.subarray(16, 24))) break
    checksum.add(at, at + 8)
    checksum.add(at + frameHeaderBytes, at + frameHeaderBytes + pageBytes)
    if (!checksum.isAt(at + 16)) break
    pending.set(log.readUInt32BE(at), at + frameHeaderBytes)
    const size = log.readUInt32BE(at + 4)
    if (size === 0) continue
    pageCount = size
    for (const [page, where] of pending) pages.set(page, where)
    pending.clear()
  }
  const kept = [...pages].filter(([page]) => page >= 1 && page <= pageCount)
  return pageCount === 0 ? undefined : { pageBytes, pages: new Map(kept), pageCount }
}

/** §4.2: two sums over pairs of words; each frame goes on where the one before it stopped. */
class Checksum {
  readonly #log: Buffer
  readonly #isBigEndian: boolean
  #first = 0
  #second = 0

  constructor(log: Buffer) {
    this.#log = log
    this.#isBigEndian = (log.readUInt32BE(0) & 1) === 1
  }

  add(from: number, to: number): void {
    for (let at = from; at < to; at += 8) {
      this.#first = (this.#first + this.#word(at) + this.#second) >>> 0
      this.#second = (this.#second + this.#word(at + 4) + this.#first) >>> 0
    }
  }

  /** Whether the sums so far are those stored here. */
  isAt(at: number): boolean {
    return this.#log.readUInt32BE(at) === this.#first && this.#log.readUInt32BE(at + 4) === this.#second
  }

  #word(at: number): number {
    return this.#isBigEndian ? this.#log.readUInt32BE(at) : this.#log.readUInt32LE(at)
  }
}
