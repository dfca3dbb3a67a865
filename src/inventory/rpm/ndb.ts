import type { Problem } from '#kit/errors.ts'
import { attempt, malformed, type StoredHeader, type StoredHeaders } from './stored-header.ts'

interface Slot {
  readonly package: number
  /** Byte range of the blob with its head and tail. */
  readonly start: number
  readonly end: number
}

const pageBytes = 4096
const slotBytes = 16
const blockBytes = 16
const headBytes = 16
const tailBytes = 12
const fileMagic = magic('RpmP')
const slotMagic = magic('Slot')
const headMagic = magic('BlbS')
const tailMagic = magic('BlbE')

/**
 * Package headers of an rpm `Packages.db` (rpm's own database format): pages of slots, each pointing to a blob.
 * Yields a problem for every slot or blob that cannot be read.
 */
export function* readNdb(bytes: Buffer): StoredHeaders {
  if (bytes.length < pageBytes || bytes.readUInt32LE(0) !== fileMagic) throw malformed('it is not an rpm ndb database')
  if (bytes.readUInt32LE(4) !== 0) throw malformed(`its version ${bytes.readUInt32LE(4)} is not known`)
  const slotsEnd = bytes.readUInt32LE(12) * pageBytes
  if (slotsEnd === 0) throw malformed('it has no slot pages')
  if (slotsEnd > bytes.length) yield malformed(`it ends at byte ${bytes.length}, inside its slot pages`)

  const seen = new Set<number>()
  const ends = new Map<number, number>()
  let roomLeft = bytes.length
  let isWhole = true
  // The file header takes the room of the first two slots.
  for (let at = 2 * slotBytes; at + slotBytes <= Math.min(slotsEnd, bytes.length); at += slotBytes) {
    const slot = attempt(() => readSlot(bytes, at, slotsEnd))
    if (at % pageBytes === 0) yield undefined
    if (slot === undefined) continue
    const record = slot instanceof Error ? slot : attempt(() => readBlob(bytes, slot, seen))
    if (!(slot instanceof Error)) {
      roomLeft -= slot.end - slot.start
      ends.set(slot.start, slot.end)
    }
    if (roomLeft < 0) throw malformed('its blobs overlap')
    isWhole &&= !(record instanceof Error)
    yield record
  }
  if (isWhole) yield* strayBlobs(bytes, slotsEnd, ends)
}

/**
 * rpm writes zeros over a blob that it gives up, so what no slot points to was lost. A slot and blob that were cleared
 * as `rpm --erase` does it cannot be told from a package that is not installed.
 */
function* strayBlobs(bytes: Buffer, slotsEnd: number, ends: ReadonlyMap<number, number>): Generator<Problem> {
  let first: number | undefined
  let blocks = 0
  for (let at = slotsEnd; at < bytes.length; ) {
    const end = ends.get(at) ?? at + blockBytes
    if (!ends.has(at) && !isZero(bytes, at, end)) {
      first ??= at
      blocks += 1
    }
    at = end
  }
  if (first !== undefined) yield malformed(`${blocks * blockBytes} bytes from ${first} on belong to no package`)
}

function isZero(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end && at < bytes.length; at++) if (bytes[at] !== 0) return false
  return true
}

/** `undefined` for a free slot. */
function readSlot(bytes: Buffer, at: number, slotsEnd: number): Slot | undefined {
  const page = Math.floor(at / pageBytes)
  if (bytes.readUInt32LE(at) !== slotMagic) throw malformed(`page ${page} has no slot at byte ${at}`)
  const number = bytes.readUInt32LE(at + 4)
  if (number === 0) return undefined
  const start = bytes.readUInt32LE(at + 8) * blockBytes
  const end = start + bytes.readUInt32LE(at + 12) * blockBytes
  if (start < slotsEnd || end > bytes.length || end - start < headBytes + tailBytes) {
    throw malformed(`a slot of page ${page} points outside the file, to bytes ${start} to ${end}`)
  }
  return { package: number, start, end }
}

function readBlob(bytes: Buffer, { package: number, start, end }: Slot, seen: Set<number>): StoredHeader {
  const where = `package ${number} at byte ${start}`
  if (seen.has(number)) throw malformed(`${where} is listed twice`)
  seen.add(number)
  const length = bytes.readUInt32LE(start + 12)
  const tail = end - tailBytes
  const isFramed =
    bytes.readUInt32LE(start) === headMagic &&
    bytes.readUInt32LE(start + 4) === number &&
    bytes.readUInt32LE(tail + 4) === length &&
    bytes.readUInt32LE(tail + 8) === tailMagic &&
    Math.ceil((headBytes + length + tailBytes) / blockBytes) * blockBytes === end - start
  if (!isFramed) throw malformed(`${where} is damaged`)
  if (adler32(bytes.subarray(start, tail)) !== bytes.readUInt32LE(tail)) throw malformed(`${where} fails its checksum`)
  return { where, blob: bytes.subarray(start + headBytes, start + headBytes + length) }
}

/** RFC 1950 §8.2. */
function adler32(bytes: Buffer): number {
  let low = 1
  let high = 0
  // 3800 bytes can be summed before the sums leave 32 bits.
  for (let start = 0; start < bytes.length; start += 3800) {
    const end = Math.min(start + 3800, bytes.length)
    for (let at = start; at < end; at++) {
      low += bytes[at] ?? 0
      high += low
    }
    low %= 65_521
    high %= 65_521
  }
  return high * 65_536 + low
}

function magic(text: string): number {
  return Buffer.from(text, 'latin1').readUInt32LE(0)
}
