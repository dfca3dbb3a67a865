import type { Problem } from '#kit/errors.ts'
import { attempt, malformed } from './stored-header.ts'

/** An SQLite database as pages. https://sqlite.org/fileformat2.html */
export interface SqliteFile {
  readonly bytes: Buffer
  readonly pageSize: number
  /** Page size without the reserved bytes at the end of each page. */
  readonly usable: number
  readonly pageCount: number
  /** Pages already reached. Every page belongs to one structure, so a second visit is a cycle or damage. */
  readonly seen: Uint8Array
}

/** Page numbers that are told one by one. */
const toldLimit = 5

export function openFile(bytes: Buffer): SqliteFile {
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

/** Takes a page for the structure that points to it. */
export function claim({ seen, pageCount }: SqliteFile, number: number, from: string): void {
  if (number < 1 || number > pageCount) {
    throw malformed(`${from} points to page ${number}, but there are ${pageCount} pages`)
  }
  if (seen[number] === 1) throw malformed(`${from} points to page ${number}, which is in use elsewhere`)
  seen[number] = 1
}

export function bytesOf({ bytes, pageSize, usable }: SqliteFile, number: number): Buffer {
  const start = (number - 1) * pageSize
  return bytes.subarray(start, start + usable)
}

/** §1.6: a chain of pages, each with the number of the next and then data. */
export function overflow(file: SqliteFile, first: number, length: number): Buffer[] {
  const parts: Buffer[] = []
  let next = first
  for (let left = length; left > 0; ) {
    claim(file, next, 'a row')
    const page = bytesOf(file, next)
    const part = page.subarray(4, 4 + Math.min(left, page.length - 4))
    parts.push(part)
    left -= part.length
    next = page.readUInt32BE(0)
  }
  if (next !== 0) throw malformed(`a row goes on to page ${next} after its end`)
  return parts
}

/** What remains to be accounted for when all tables and indexes have been gone through. */
export function* unusedPages(file: SqliteFile): Generator<Problem> {
  const damage = attempt(() => {
    checkPageCount(file)
    claimPointerMaps(file)
    claimFreePages(file)
  })
  if (damage !== undefined) yield damage
  const strays: number[] = []
  for (let page = 1; page <= file.pageCount; page++) if (file.seen[page] === 0) strays.push(page)
  if (strays.length > 0) {
    const more = strays.length > toldLimit ? ` and ${strays.length - toldLimit} more` : ''
    yield malformed(`pages that belong to nothing: ${strays.slice(0, toldLimit).join(', ')}${more}`)
  }
}

/** §1.3.7: the count in the header holds when the version that it is valid for is the current one. */
function checkPageCount({ bytes, pageCount }: SqliteFile): void {
  const isCounted = bytes.readUInt32BE(24) === bytes.readUInt32BE(92)
  const counted = bytes.readUInt32BE(28)
  if (isCounted && counted !== 0 && counted !== pageCount) {
    throw malformed(`it has ${pageCount} pages where its header says ${counted}`)
  }
}

/** §1.8: with automatic vacuum, page 2 and then one after every so many pages tell who owns the others. */
function claimPointerMaps(file: SqliteFile): void {
  if (file.bytes.readUInt32BE(52) === 0) return
  const mapped = Math.floor(file.usable / 5)
  for (let page = 2; page <= file.pageCount; page += mapped + 1) claim(file, page, 'the map of pages')
}

/** §1.5: a chain of trunk pages, each with the number of the next and a list of free pages. */
function claimFreePages(file: SqliteFile): void {
  let count = 0
  for (let trunk = file.bytes.readUInt32BE(32); trunk !== 0; ) {
    claim(file, trunk, 'the list of free pages')
    const page = bytesOf(file, trunk)
    const leaves = page.readUInt32BE(4)
    if (leaves > page.length / 4 - 2) throw malformed(`page ${trunk} claims ${leaves} free pages`)
    for (let index = 0; index < leaves; index++) claim(file, page.readUInt32BE(8 + 4 * index), `page ${trunk}`)
    count += 1 + leaves
    trunk = page.readUInt32BE(0)
  }
  const counted = file.bytes.readUInt32BE(36)
  if (count !== counted) throw malformed(`it has ${count} free pages where its header says ${counted}`)
}
