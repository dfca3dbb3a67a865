import type { Problem } from '#kit/errors.ts'
import { joined } from '#kit/limits.ts'
import { attempt, malformed, type StoredHeader, type StoredHeaders } from './stored-header.ts'

interface Database {
  readonly bytes: Buffer
  readonly isBigEndian: boolean
  readonly pageSize: number
  readonly pageCount: number
  /** Bytes before the data of a page: more when pages carry a checksum. */
  readonly pageHeader: number
  /** Pages already reached. Each belongs to one record or bucket, so a second visit is a cycle or damage. */
  readonly seen: Uint8Array
}

const hashMagic = 0x06_15_61
const pageTypes = { invalid: 0, unsortedHash: 2, overflow: 7, hashMeta: 8, hash: 13 } as const
const itemTypes = { inline: 1, offPage: 3 } as const
const checksumFlag = 1
const groupLimit = 32

/**
 * Package headers of a `Packages` file, a Berkeley DB hash table from package number to header, of either byte order.
 * Every page is looked at, so that one damaged page hides only itself. Yields a problem for whatever cannot be read.
 * A record that was taken out as `rpm --erase` does it cannot be told from a package that is not installed.
 */
export function* readBerkeleyDb(bytes: Buffer): StoredHeaders {
  const database = openDatabase(bytes)
  const last = read32(database, 32)
  if (last >= database.pageCount) {
    yield malformed(`it is cut: page ${database.pageCount} to ${last} are missing`)
  }
  const numbers = new Set<number>()
  let items = 0
  for (let page = 1; page < database.pageCount; page++) {
    if (!isHashPage(database, page)) continue
    items += read16(database, page * database.pageSize + 20)
    yield* recordsOf(database, page, numbers)
    yield undefined
  }
  yield* strayPages(database)
  yield* lostPages(database)
  const counted = read32(database, 88)
  if (counted > items / 2) yield malformed(`it has ${Math.floor(items / 2)} records where its header says ${counted}`)
}

function openDatabase(bytes: Buffer): Database {
  if (bytes.length < 512) throw malformed('it is not a Berkeley DB hash table')
  const isBigEndian = bytes.readUInt32BE(12) === hashMagic
  if (!isBigEndian && bytes.readUInt32LE(12) !== hashMagic) throw malformed('it is not a Berkeley DB hash table')
  const pageSize = isBigEndian ? bytes.readUInt32BE(20) : bytes.readUInt32LE(20)
  const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0
  if (pageSize < 512 || pageSize > 65_536 || !isPowerOfTwo) throw malformed('its page size is impossible')
  if (bytes.readUInt8(24) !== 0) throw malformed('it is encrypted')
  const pageHeader = (bytes.readUInt8(26) & checksumFlag) === 0 ? 26 : 32
  const pageCount = Math.floor(bytes.length / pageSize)
  return { bytes, isBigEndian, pageSize, pageCount, pageHeader, seen: new Uint8Array(pageCount) }
}

function read32({ bytes, isBigEndian }: Database, at: number): number {
  return isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)
}

function read16({ bytes, isBigEndian }: Database, at: number): number {
  return isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)
}

function typeOf({ bytes, pageSize }: Database, page: number): number {
  return bytes.readUInt8(page * pageSize + 25)
}

function isHashPage(database: Database, page: number): boolean {
  const type = typeOf(database, page)
  return type === pageTypes.hash || type === pageTypes.unsortedHash
}

/** Items come in pairs of key and value and are stored from the end of the page towards its start. */
function* recordsOf(database: Database, page: number, numbers: Set<number>): Generator<StoredHeader | Problem> {
  const items = attempt(() => itemsOf(database, page))
  if (items instanceof Error) {
    yield items
    return
  }
  for (let index = 0; index + 1 < items.length; index += 2) {
    const record = attempt(() => readRecord(database, { page, items: items.slice(index, index + 2), numbers }))
    if (record !== undefined) yield record
  }
}

function itemsOf(database: Database, page: number): Buffer[] {
  const start = page * database.pageSize
  const count = read16(database, start + 20)
  const indexEnd = database.pageHeader + 2 * count
  if (count % 2 !== 0 || indexEnd > database.pageSize) throw malformed(`page ${page} claims ${count} items`)
  const items: Buffer[] = []
  let end = database.pageSize
  for (let index = 0; index < count; index++) {
    const at = read16(database, start + database.pageHeader + 2 * index)
    if (at < indexEnd || at >= end) throw malformed(`an item of page ${page} lies outside its place`)
    items.push(database.bytes.subarray(start + at, start + end))
    end = at
  }
  // 65,536 does not fit and is written as 0.
  if (end % 65_536 !== read16(database, start + 22)) {
    throw malformed(`page ${page} has bytes that belong to none of its items`)
  }
  return items
}

interface Pair {
  readonly page: number
  readonly items: readonly Buffer[]
  /** Of the packages that were read. */
  readonly numbers: Set<number>
}

/** `undefined` for key 0, under which rpm keeps the highest package number. */
function readRecord(database: Database, { page, items: [key, value], numbers }: Pair): StoredHeader | undefined {
  if (key?.[0] !== itemTypes.inline || key.length !== 5 || value === undefined) {
    throw malformed(`page ${page} has a key that is not a package number`)
  }
  const number = read32({ ...database, bytes: key }, 1)
  const where = `package ${number} on page ${page}`
  if (numbers.has(number)) throw malformed(`${where} is listed twice`)
  numbers.add(number)
  if (number === 0 && value.length === 5) return undefined
  if (value[0] === itemTypes.inline) return { where, blob: value.subarray(1) }
  if (value[0] !== itemTypes.offPage || value.length !== 12) throw malformed(`${where} is stored in an unknown way`)
  const at = value.byteOffset - database.bytes.byteOffset
  return {
    where,
    blob: overflow(database, { where, first: read32(database, at + 4), length: read32(database, at + 8) }),
  }
}

interface Chain {
  readonly where: string
  readonly first: number
  readonly length: number
}

/** A chain of pages, each with the number of its bytes and the number of the next page. */
function overflow(database: Database, { where, first, length }: Chain): Buffer {
  const parts: Buffer[] = []
  let size = 0
  for (let page = first; page !== 0; ) {
    if (page >= database.pageCount) throw malformed(`${where} continues on page ${page}, which does not exist`)
    if (typeOf(database, page) !== pageTypes.overflow || database.seen[page] === 1) {
      throw malformed(`${where} continues on page ${page}, which is not its own`)
    }
    database.seen[page] = 1
    const start = page * database.pageSize
    const used = read16(database, start + 22)
    if (used > database.pageSize - database.pageHeader) throw malformed(`page ${page} claims ${used} bytes`)
    parts.push(database.bytes.subarray(start + database.pageHeader, start + database.pageHeader + used))
    size += used
    page = read32(database, start + 16)
  }
  if (size !== length) throw malformed(`${where} has ${size} of ${length} bytes`)
  return joined(parts, size)
}

/** Overflow pages that no record reached, and pages of an unknown type, were part of records that are lost. */
function* strayPages(database: Database): Generator<Problem> {
  for (let page = 1; page < database.pageCount; page++) {
    const type = typeOf(database, page)
    if (type === pageTypes.overflow && database.seen[page] === 0) yield malformed(`page ${page} belongs to no record`)
    const isKnown = Object.values<number>(pageTypes).includes(type)
    if (!isKnown) yield malformed(`page ${page} is of the unknown type ${type}`)
  }
}

/** Buckets are numbered in groups, each twice as large as all before it and with a place of its own in the file. */
function* lostPages(database: Database): Generator<Problem> {
  const last = Math.min(read32(database, 72), database.pageCount)
  for (let bucket = 0; bucket <= last; bucket++) {
    const group = bucket === 0 ? 0 : Math.floor(Math.log2(bucket)) + 1
    const first = bucket + (group < groupLimit ? read32(database, 96 + 4 * group) : 0)
    const damage = attempt(() => checkBucket(database, bucket, first))
    if (damage !== undefined) yield damage
  }
}

/** A chain of hash pages. */
function checkBucket(database: Database, bucket: number, first: number): void {
  for (let page = first; page !== 0 || page === first; page = read32(database, page * database.pageSize + 16)) {
    const isOwn = page > 0 && page < database.pageCount && database.seen[page] === 0 && isHashPage(database, page)
    if (!isOwn) throw malformed(`page ${page} of bucket ${bucket} is lost`)
    database.seen[page] = 1
  }
}
