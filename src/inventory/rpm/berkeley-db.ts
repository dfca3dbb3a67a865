import type { Problem } from '#kit/errors.ts'
import { joined } from '#kit/limits.ts'
import { attempt, malformed, type StoredHeader } from './stored-header.ts'

interface Database {
  readonly bytes: Buffer
  readonly isBigEndian: boolean
  readonly pageSize: number
  readonly pageCount: number
  /** Bytes before the data of a page: more when pages carry a checksum. */
  readonly pageHeader: number
  /** Overflow pages already reached. Each belongs to one record, so a second visit is a cycle or damage. */
  readonly seen: Uint8Array
}

const hashMagic = 0x06_15_61
const pageTypes = { invalid: 0, unsortedHash: 2, overflow: 7, hashMeta: 8, hash: 13 } as const
const itemTypes = { inline: 1, offPage: 3 } as const
const checksumFlag = 1

/**
 * Package headers of a `Packages` file, a Berkeley DB hash table from package number to header, of either byte order.
 * Every page is looked at, so that one damaged page hides only itself. Yields a problem for whatever cannot be read.
 */
export function* readBerkeleyDb(bytes: Buffer): Generator<StoredHeader | Problem> {
  const database = openDatabase(bytes)
  const last = read32(database, 32)
  if (last >= database.pageCount) {
    yield malformed(`it is cut: page ${database.pageCount} to ${last} are missing`)
  }
  for (let page = 1; page < database.pageCount; page++) {
    if (isHashPage(database, page)) yield* recordsOf(database, page)
  }
  yield* strayPages(database)
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
function* recordsOf(database: Database, page: number): Generator<StoredHeader | Problem> {
  const items = attempt(() => itemsOf(database, page))
  if (items instanceof Error) {
    yield items
    return
  }
  for (let index = 0; index + 1 < items.length; index += 2) {
    const record = attempt(() => readRecord(database, page, items.slice(index, index + 2)))
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
  return items
}

/** `undefined` for key 0, under which rpm keeps the highest package number. */
function readRecord(database: Database, page: number, [key, value]: readonly Buffer[]): StoredHeader | undefined {
  if (key?.[0] !== itemTypes.inline || key.length !== 5 || value === undefined) {
    throw malformed(`page ${page} has a key that is not a package number`)
  }
  const number = key.readUInt32LE(1)
  if (number === 0) return undefined
  const hnum = database.isBigEndian ? key.readUInt32BE(1) : number
  const where = `package ${hnum} on page ${page}`
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
