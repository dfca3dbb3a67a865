import { Problem } from '#kit/errors.ts'
import { bytesOf, type SqliteFile } from './sqlite-file.ts'
import { attempt, malformed } from './stored-header.ts'

/** Tables have numbered rows, indexes (and tables without row numbers) have keys only. */
export type TreeKind = 'table' | 'index'

export interface Payload {
  readonly length: number
  /** What of it lies in the page. */
  readonly local: Buffer
  /** First overflow page; 0 when all of it lies in the page. */
  readonly next: number
}

export interface Cell {
  /** Number of the child to its left; 0 in a leaf. */
  readonly child: number
  /** Of a table: the row, or the highest one below the child. */
  readonly rowId: number
  /** Absent in the interior pages of tables. */
  readonly payload?: Payload | undefined
}

export interface TreePage {
  readonly number: number
  readonly kind: TreeKind
  readonly isLeaf: boolean
  /** In key order. */
  readonly cells: readonly Cell[]
  /** Right-most child of an interior page; 0 in a leaf. */
  readonly last: number
  /** Every cell that cannot be read, or else what does not add up. */
  readonly damage: readonly Problem[]
}

const pageTypes: ReadonlyMap<number, { readonly kind: TreeKind; readonly isLeaf: boolean }> = new Map([
  [0x02, { kind: 'index', isLeaf: false }],
  [0x05, { kind: 'table', isLeaf: false }],
  [0x0a, { kind: 'index', isLeaf: true }],
  [0x0d, { kind: 'table', isLeaf: true }],
])

interface Shape {
  readonly number: number
  readonly bytes: Buffer
  readonly kind: TreeKind
  readonly isLeaf: boolean
  /** Where the page header is: the first page has that of the file in front of it. */
  readonly header: number
  /** Where the array of cell pointers ends. */
  readonly pointersEnd: number
}

/** `undefined` when the page is in no tree. */
export function kindOf(file: SqliteFile, number: number): TreeKind | undefined {
  return pageTypes.get(bytesOf(file, number).readUInt8(headerAt(number)))?.kind
}

/** §1.6: b-tree page header, then the array of cell pointers. Throws when there is no telling where the cells are. */
export function readTreePage(file: SqliteFile, number: number, kind: TreeKind): TreePage {
  const bytes = bytesOf(file, number)
  const header = headerAt(number)
  const type = pageTypes.get(bytes.readUInt8(header))
  if (type?.kind !== kind) throw malformed(`page ${number} is not part of a ${kind}`)
  const pointers = header + (type.isLeaf ? 8 : 12)
  const count = bytes.readUInt16BE(header + 3)
  const pointersEnd = pointers + 2 * count
  if (pointersEnd > bytes.length) throw malformed(`page ${number} claims ${count} cells`)
  const starts = Array.from({ length: count }, (_, index) => bytes.readUInt16BE(pointers + 2 * index))
  if (starts.some((start) => start < pointersEnd || start + 4 > bytes.length)) {
    throw malformed(`a cell of page ${number} lies outside the page`)
  }
  const last = type.isLeaf ? 0 : bytes.readUInt32BE(header + 8)
  return { number, ...type, last, ...readCells({ number, bytes, ...type, header, pointersEnd }, starts) }
}

function headerAt(number: number): number {
  return number === 1 ? 100 : 0
}

/** Stops where cells overlap, so that no byte of the page is read as many rows. */
function readCells(page: Shape, starts: readonly number[]): Pick<TreePage, 'cells' | 'damage'> {
  const cells: Cell[] = []
  const damage: Problem[] = []
  const ranges: Range[] = []
  let left = page.bytes.length
  for (const start of starts) {
    const cell = attempt(() => readCell(page, start))
    if (cell instanceof Problem) {
      damage.push(cell)
      continue
    }
    left -= cell.end - start
    if (left < 0) return { cells, damage: [...damage, malformed(`the cells of page ${page.number} overlap`)] }
    cells.push(cell)
    ranges.push({ start, end: cell.end })
  }
  const sum = damage.length === 0 ? attempt(() => checkSum(page, ranges)) : undefined
  return { cells, damage: sum === undefined ? damage : [sum] }
}

interface Range {
  readonly start: number
  readonly end: number
}

/** The place of cells is filled by cells, free blocks and so many odd bytes, none of them twice. */
function checkSum(page: Shape, cells: readonly Range[]): void {
  const { number, bytes, header, pointersEnd } = page
  const start = bytes.readUInt16BE(header + 5) || 65_536
  if (start < pointersEnd || start > bytes.length) throw malformed(`page ${number} has no place for its cells`)
  let at = start
  let oddBytes = 0
  for (const range of [...cells, ...freeBlocks(page)].toSorted((one, other) => one.start - other.start)) {
    if (range.start < at) throw malformed(`the cells of page ${number} overlap`)
    oddBytes += range.start - at
    at = range.end
  }
  oddBytes += bytes.length - at
  if (oddBytes !== bytes.readUInt8(header + 7)) {
    throw malformed(`page ${number} has bytes that belong to none of its cells`)
  }
}

/** §1.6: a chain in ascending order. */
function freeBlocks({ number, bytes, header }: Shape): Range[] {
  const blocks: Range[] = []
  let previousEnd = 0
  for (let start = bytes.readUInt16BE(header + 1); start !== 0; ) {
    const end = start + 4 <= bytes.length ? start + bytes.readUInt16BE(start + 2) : 0
    if (start < previousEnd || end < start + 4 || end > bytes.length) {
      throw malformed(`the free blocks of page ${number} are damaged`)
    }
    blocks.push({ start, end })
    previousEnd = end
    start = bytes.readUInt16BE(start)
  }
  return blocks
}

/** §1.6: the child, the length of the payload, the row number, the payload: each where the kind of page has it. */
function readCell({ bytes, number, kind, isLeaf }: Shape, start: number): Cell & Range {
  const child = isLeaf ? 0 : bytes.readUInt32BE(start)
  const hasPayload = isLeaf || kind === 'index'
  const length = hasPayload ? readVarint(bytes, start + (isLeaf ? 0 : 4)) : { value: 0, end: start + 4 }
  const rowId = kind === 'table' ? readVarint(bytes, length.end) : { value: 0, end: length.end }
  if (!hasPayload) return { child, rowId: rowId.value, start, end: rowId.end }
  if (length.value < 0) throw malformed(`a row of page ${number} has an impossible length`)
  const local = localLength(bytes.length, length.value, kind)
  const localEnd = rowId.end + local
  const end = localEnd + (local < length.value ? 4 : 0)
  if (end > bytes.length) throw malformed(`a row of page ${number} is longer than its place`)
  const payload = {
    length: length.value,
    local: bytes.subarray(rowId.end, localEnd),
    next: local < length.value ? bytes.readUInt32BE(localEnd) : 0,
  }
  return { child, rowId: rowId.value, payload, start, end: Math.max(start + 4, end) }
}

/** §1.6: how much of a payload a page keeps when it does not fit. */
function localLength(usable: number, payload: number, kind: TreeKind): number {
  const most = kind === 'table' ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23
  if (payload <= most) return payload
  const least = Math.floor(((usable - 12) * 32) / 255) - 23
  const wanted = least + ((payload - least) % (usable - 4))
  return wanted <= most ? wanted : least
}

/** §1.6: seven bits a byte, high bit set on all but the last; a ninth byte counts whole, and makes negative numbers. */
export function readVarint(bytes: Buffer, at: number): { readonly value: number; readonly end: number } {
  let value = 0
  for (let index = 0; index < 8; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) throw malformed('a number runs over the end of its page')
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return { value, end: at + index + 1 }
  }
  return { value: longVarint(bytes, at), end: at + 9 }
}

/** Of 64 bits; what a number cannot hold of the last digits does not matter here. */
function longVarint(bytes: Buffer, at: number): number {
  const last = bytes[at + 8]
  if (last === undefined) throw malformed('a number runs over the end of its page')
  let value = 0n
  for (const byte of bytes.subarray(at, at + 8)) value = value * 128n + BigInt(byte & 0x7f)
  return Number(BigInt.asIntN(64, value * 256n + BigInt(last)))
}
