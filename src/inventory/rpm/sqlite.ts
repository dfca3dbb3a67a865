import type { Problem } from '#kit/errors.ts'
import { joined } from '#kit/limits.ts'
import { attempt, malformed } from './stored-header.ts'

/** A text stays bytes; NULL and floating point numbers, which nobody here asks for, are `undefined`. */
type SqliteValue = Buffer | number | undefined

export interface SqliteRow {
  readonly rowId: number
  /** The b-tree page that holds the row. */
  readonly page: number
  /** The first columns, at most `columnLimit`. */
  readonly values: readonly SqliteValue[]
}

interface Database {
  readonly bytes: Buffer
  readonly pageSize: number
  /** Page size without the reserved bytes at the end of each page. */
  readonly usable: number
  readonly pageCount: number
  /** Pages already reached. Every page belongs to one structure, so a second visit is a cycle or damage. */
  readonly seen: Uint8Array
}

interface TreePage {
  readonly number: number
  readonly bytes: Buffer
  readonly isLeaf: boolean
  /** Offsets of the cells in key order. */
  readonly cells: readonly number[]
  /** Right-most child of an interior page. */
  readonly last: number
  /** What the cells must add up to: a page is filled by cells, freeblocks and fragments only. */
  readonly cellBytes: number
}

/** The tables read here have five columns at most. */
const columnLimit = 8
const leafTable = 0x0d
const interiorTable = 0x05

/**
 * Rows of one table in key order, and a problem for every page or row that cannot be read.
 * A file without such a table, or whose schema is unreadable, throws. https://sqlite.org/fileformat2.html
 */
export function* readTable(bytes: Buffer, table: string): Generator<SqliteRow | Problem> {
  const database = openDatabase(bytes)
  yield* rowsOf(database, rootOf(database, table))
}

function openDatabase(bytes: Buffer): Database {
  if (bytes.length < 512 || bytes.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw malformed('it is not an SQLite database')
  }
  const pageSize = bytes.readUInt16BE(16) === 1 ? 65_536 : bytes.readUInt16BE(16)
  const usable = pageSize - bytes.readUInt8(20)
  const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0
  if (pageSize < 512 || !isPowerOfTwo || usable < 480) throw malformed('its page size is impossible')
  if (bytes.readUInt32BE(56) > 1) throw malformed('its texts are UTF-16, which rpm does not write')
  const pageCount = Math.floor(bytes.length / pageSize)
  if (pageCount === 0) throw malformed('it is shorter than one page')
  return { bytes, pageSize, usable, pageCount, seen: new Uint8Array(pageCount + 1) }
}

/** §2.6: the schema table has its root in page 1; its columns are type, name, tbl_name, rootpage, sql. */
function rootOf(database: Database, table: string): number {
  let damage: Problem | undefined
  for (const row of rowsOf(database, 1)) {
    if (row instanceof Error) {
      damage ??= row
      continue
    }
    const [type, name, , root] = row.values
    if (type?.toString() === 'table' && name?.toString() === table && typeof root === 'number') return root
  }
  throw damage ?? malformed(`it has no table ${table}`)
}

function* rowsOf(database: Database, root: number): Generator<SqliteRow | Problem> {
  claim(database, root, 'a table')
  const pending = [root]
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    const at = number
    const page = attempt(() => readTreePage(database, at))
    if (page instanceof Error) yield page
    else if (page.isLeaf) yield* leafRows(database, page)
    else yield* queueChildren(database, page, pending)
  }
}

/** Pushes what can be reached, last child first; yields what cannot. */
function* queueChildren(database: Database, page: TreePage, pending: number[]): Generator<Problem> {
  const children = [...page.cells.map((cell) => page.bytes.readUInt32BE(cell)), page.last]
  for (const child of children.toReversed()) {
    const damage = attempt(() => claim(database, child, `page ${page.number}`))
    if (damage === undefined) pending.push(child)
    else yield damage
  }
  const sizes = attempt(() => page.cells.map((cell) => readVarint(page.bytes, cell + 4).end - cell))
  if (sizes instanceof Error) yield sizes
  else if (sizes.reduce((sum, size) => sum + size, 0) !== page.cellBytes) yield cellsLost(page)
}

function cellsLost({ number }: TreePage): Problem {
  return malformed(`page ${number} has bytes that belong to none of its cells`)
}

function* leafRows(database: Database, page: TreePage): Generator<SqliteRow | Problem> {
  let size = 0
  let isWhole = true
  for (const cell of page.cells) {
    const row = attempt(() => readRow(database, page, cell))
    if (row instanceof Error) {
      isWhole = false
      yield row
      continue
    }
    size += row.localBytes
    if (size > database.usable) {
      yield malformed(`the rows of page ${page.number} overlap`)
      return
    }
    yield row
  }
  if (isWhole && size !== page.cellBytes) yield cellsLost(page)
}

function claim(database: Database, number: number, from: string): void {
  if (number < 1 || number > database.pageCount) {
    throw malformed(`${from} points to page ${number}, but there are ${database.pageCount} pages`)
  }
  if (database.seen[number] === 1) throw malformed(`${from} points to page ${number}, which is in use elsewhere`)
  database.seen[number] = 1
}

function bytesOf(database: Database, number: number): Buffer {
  const start = (number - 1) * database.pageSize
  return database.bytes.subarray(start, start + database.usable)
}

/** §1.6: b-tree page header, then the array of cell pointers. */
function readTreePage(database: Database, number: number): TreePage {
  const bytes = bytesOf(database, number)
  const header = number === 1 ? 100 : 0
  const type = bytes.readUInt8(header)
  if (type !== leafTable && type !== interiorTable) throw malformed(`page ${number} is not part of a table`)
  const isLeaf = type === leafTable
  const pointers = header + (isLeaf ? 8 : 12)
  const count = bytes.readUInt16BE(header + 3)
  if (pointers + 2 * count > bytes.length) throw malformed(`page ${number} claims ${count} cells`)
  const cells = Array.from({ length: count }, (_, index) => bytes.readUInt16BE(pointers + 2 * index))
  if (cells.some((cell) => cell < pointers + 2 * count || cell + 4 > bytes.length)) {
    throw malformed(`a cell of page ${number} lies outside the page`)
  }
  const last = isLeaf ? 0 : bytes.readUInt32BE(header + 8)
  return {
    number,
    bytes,
    isLeaf,
    cells,
    last,
    cellBytes: bytes.length - contentStart(bytes, header) - freeBytes(bytes, header),
  }
}

/** §1.6: 0 stands for 65,536. */
function contentStart(bytes: Buffer, header: number): number {
  const start = bytes.readUInt16BE(header + 5)
  return start === 0 ? 65_536 : start
}

/** §1.6: a chain of freeblocks in ascending order, and fragments too small to be one. */
function freeBytes(bytes: Buffer, header: number): number {
  let size = bytes.readUInt8(header + 7)
  let previous = 0
  for (let at = bytes.readUInt16BE(header + 1); at > previous && at + 4 <= bytes.length; at = bytes.readUInt16BE(at)) {
    size += bytes.readUInt16BE(at + 2)
    previous = at
  }
  return size
}

function readRow(database: Database, page: TreePage, cell: number): SqliteRow & { readonly localBytes: number } {
  const length = readVarint(page.bytes, cell)
  const rowId = readVarint(page.bytes, length.end)
  const local = localLength(database.usable, length.value)
  const localEnd = rowId.end + local
  const hasOverflow = local < length.value
  if (localEnd + (hasOverflow ? 4 : 0) > page.bytes.length || length.value > database.bytes.length) {
    throw malformed(`a row of page ${page.number} is longer than its place`)
  }
  const start = page.bytes.subarray(rowId.end, localEnd)
  const payload = hasOverflow
    ? joined([start, ...overflow(database, page.bytes.readUInt32BE(localEnd), length.value - local)], length.value)
    : start
  const values = readRecord(payload, page.number)
  return {
    rowId: rowId.value,
    page: page.number,
    values,
    localBytes: Math.max(4, localEnd + (hasOverflow ? 4 : 0) - cell),
  }
}

/** §1.6: how much of a payload a leaf keeps when it does not fit. */
function localLength(usable: number, payload: number): number {
  if (payload <= usable - 35) return payload
  const least = Math.floor(((usable - 12) * 32) / 255) - 23
  const wanted = least + ((payload - least) % (usable - 4))
  return wanted <= usable - 35 ? wanted : least
}

/** §1.5: a chain of pages, each with the number of the next and then data. */
function overflow(database: Database, first: number, length: number): Buffer[] {
  const parts: Buffer[] = []
  let next = first
  for (let left = length; left > 0; ) {
    claim(database, next, 'a row')
    const page = bytesOf(database, next)
    const part = page.subarray(4, 4 + Math.min(left, page.length - 4))
    parts.push(part)
    left -= part.length
    next = page.readUInt32BE(0)
  }
  return parts
}

/** §2.1: the header lists the serial types, the values follow. */
function readRecord(payload: Buffer, page: number): SqliteValue[] {
  const header = readVarint(payload, 0)
  const values: SqliteValue[] = []
  let at = header.value
  for (let next = header.end; next < header.value && values.length < columnLimit; ) {
    const type = readVarint(payload, next)
    const end = at + valueLength(type.value)
    if (type.end > header.value || end > payload.length)
      throw malformed(`a row of page ${page} has an impossible record`)
    values.push(readValue(payload.subarray(at, end), type.value))
    at = end
    next = type.end
  }
  return values
}

function valueLength(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2)
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0][type] ?? 0
}

function readValue(bytes: Buffer, type: number): SqliteValue {
  if (type >= 12) return bytes
  if (type === 6) return Number(bytes.readBigInt64BE(0))
  if (type >= 1 && type <= 5) return bytes.readIntBE(0, bytes.length)
  return type === 8 || type === 9 ? type - 8 : undefined
}

/** §1.6: seven bits a byte, high bit set on all but the last; a ninth byte counts whole. */
function readVarint(bytes: Buffer, at: number): { readonly value: number; readonly end: number } {
  let value = 0
  for (let index = 0; index < 9; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) throw malformed('a number runs over the end of its page')
    if (index === 8) return { value: value * 256 + byte, end: at + 9 }
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return { value, end: at + index + 1 }
  }
  return { value, end: at + 9 }
}
