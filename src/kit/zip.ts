import { crc32, inflateRawSync } from 'node:zlib'
import { Problem } from './errors.ts'

/** Bytes that can be read in any order. */
export interface ByteView {
  readonly size: number
  /** Exactly these bytes; `undefined` where there are not so many, or where they were not kept. */
  read(offset: number, length: number): Buffer | undefined
  /** At most so many bytes that end there: fewer where there are no more, or no more were kept. */
  before(end: number, length: number): Buffer
}

/** One row of the directory at the end of a zip. */
export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly isEncrypted: boolean
  readonly compressedSize: number
  readonly size: number
  readonly crc32: number
  /** Where its local header begins. */
  readonly offset: number
}

export interface ZipLimits {
  readonly entries: number
  readonly directoryBytes: number
}

export function viewOf(bytes: Buffer): ByteView {
  return {
    size: bytes.length,
    read: (offset, length) =>
      isInside(bytes.length, offset, length) ? bytes.subarray(offset, offset + length) : undefined,
    before: (end, length) => bytes.subarray(Math.max(0, end - length), end),
  }
}

export function partOf(view: ByteView, start: number, size: number): ByteView {
  return {
    size,
    read: (offset, length) => (isInside(size, offset, length) ? view.read(start + offset, length) : undefined),
    before: (end, length) => view.before(start + end, Math.min(end, length)),
  }
}

function isInside(size: number, offset: number, length: number): boolean {
  return offset >= 0 && length >= 0 && offset + length <= size
}

/**
 * The entries that the directory names, as the JVM takes them: whatever stands before the archive, the directory is what
 * counts (APPNOTE.TXT §4.3). A damaged row throws `malformed` once it is reached, overlapping entries at the end.
 */
export function* zipEntries(view: ByteView, limits: ZipLimits): Generator<ZipEntry> {
  const { start, length, count, base } = findDirectory(view)
  if (count > limits.entries) throw new Problem('limit_exceeded', `a zip of more than ${limits.entries} entries`)
  if (length > limits.directoryBytes) {
    throw new Problem('limit_exceeded', `a zip whose directory is larger than ${limits.directoryBytes} bytes`)
  }
  const directory = view.read(start, length)
  if (directory === undefined) throw new Problem('malformed', 'the directory of the zip is not in the file')
  const spans = new Spans()
  for (let at = 0, index = 0; index < count; index++) {
    const row = readRow(directory, at, base)
    if (row === undefined) throw new Problem('malformed', `the directory of the zip is damaged at entry ${index + 1}`)
    spans.add(row.entry.offset, row.entry.offset + localHeaderBytes + row.nameBytes + row.entry.compressedSize)
    yield row.entry
    at += row.bytes
  }
  if (spans.overlap()) throw new Problem('malformed', 'entries of the zip overlap')
}

/** Where content begins that lies in the zip as it is; `undefined` where it was compressed. */
export function storedAt(view: ByteView, entry: ZipEntry): number | undefined {
  return entry.method === 0 && !entry.isEncrypted ? dataStart(view, entry) : undefined
}

/** Content of an entry of at most `limitBytes`. Throws `malformed` or `limit_exceeded`. */
export function readEntry(view: ByteView, entry: ZipEntry, limitBytes: number): Buffer {
  if (entry.isEncrypted) throw new Problem('malformed', 'it is encrypted')
  if (entry.size > limitBytes) throw new Problem('limit_exceeded', `it is larger than ${limitBytes} bytes`)
  const start = dataStart(view, entry)
  const data = start === undefined ? undefined : view.read(start, entry.compressedSize)
  if (data === undefined)
    throw new Problem('malformed', 'its content is not where the directory of the zip says, or not at hand')
  const content = unpack(data, entry)
  if (content.length !== entry.size || crc32(content) !== entry.crc32) {
    throw new Problem('malformed', 'its content is not what the directory of the zip says')
  }
  return content
}

const localHeaderBytes = 30
const localMagic = 0x04034b50
const rowBytes = 46
const rowMagic = 0x02014b50
const endBytes = 22
const endMagic = Buffer.from('PK\u0005\u0006', 'latin1')
const locatorBytes = 20
const locatorMagic = 0x07064b50
const end64Bytes = 56
const end64Magic = 0x06064b50
const [escape16, escape32] = [0xff_ff, 0xff_ff_ff_ff]

interface Directory {
  readonly start: number
  readonly length: number
  readonly count: number
  /** What is to be added to every offset: the length of what stands before the archive. */
  readonly base: number
}

function findDirectory(view: ByteView): Directory {
  const tail = view.before(view.size, endBytes + escape16)
  for (let at = tail.lastIndexOf(endMagic); at !== -1; at = at === 0 ? -1 : tail.lastIndexOf(endMagic, at - 1)) {
    const directory =
      at + endBytes > tail.length ? undefined : readEnd(view, tail.subarray(at), view.size - tail.length + at)
    if (directory !== undefined) return directory
  }
  throw new Problem('malformed', 'it is no zip, or cut off')
}

/** `undefined` where this is not the end of the zip but something that looks like it. */
function readEnd(view: ByteView, end: Buffer, position: number): Directory | undefined {
  const [count, length, offset] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)]
  const is64 = count === escape16 || length === escape32 || offset === escape32
  const directory64 = is64 ? readEnd64(view, position) : undefined
  if (directory64 !== undefined) return directory64
  const start = position - length
  const isExact = end.readUInt16LE(20) === end.length - endBytes
  const isPlausible = start >= 0 && start >= offset && (length === 0 ? isExact : isRow(view, start))
  return isPlausible ? { start, length, count, base: start - offset } : undefined
}

/** §4.3.14, §4.3.15. What stands before the archive is not counted by the locator, or it is: both occur. */
function readEnd64(view: ByteView, position: number): Directory | undefined {
  const locator = view.read(position - locatorBytes, locatorBytes)
  if (locator?.readUInt32LE(0) !== locatorMagic) return undefined
  for (const at of [Number(locator.readBigUInt64LE(8)), position - locatorBytes - end64Bytes]) {
    const end = view.read(at, end64Bytes)
    if (end?.readUInt32LE(0) !== end64Magic) continue
    const [count, length, offset] = [32, 40, 48].map((field) => Number(end.readBigUInt64LE(field)))
    if (count === undefined || length === undefined || offset === undefined) continue
    const start = at - length
    if (start >= offset && (length === 0 || isRow(view, start))) return { start, length, count, base: start - offset }
  }
  return undefined
}

function isRow(view: ByteView, offset: number): boolean {
  return view.read(offset, 4)?.readUInt32LE(0) === rowMagic
}

interface Row {
  readonly entry: ZipEntry
  readonly nameBytes: number
  readonly bytes: number
}

function readRow(directory: Buffer, at: number, base: number): Row | undefined {
  if (at + rowBytes > directory.length || directory.readUInt32LE(at) !== rowMagic) return undefined
  const nameEnd = at + rowBytes + directory.readUInt16LE(at + 28)
  const extraEnd = nameEnd + directory.readUInt16LE(at + 30)
  const end = extraEnd + directory.readUInt16LE(at + 32)
  if (end > directory.length) return undefined
  const sizes = wideSizes(directory, at, directory.subarray(nameEnd, extraEnd))
  if (sizes === undefined) return undefined
  const entry = {
    name: directory.toString('utf8', at + rowBytes, nameEnd),
    method: directory.readUInt16LE(at + 10),
    isEncrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
    compressedSize: sizes.compressedSize,
    size: sizes.size,
    crc32: directory.readUInt32LE(at + 16),
    offset: base + sizes.offset,
  }
  return { entry, nameBytes: nameEnd - at - rowBytes, bytes: end - at }
}

interface Sizes {
  readonly size: number
  readonly compressedSize: number
  readonly offset: number
}

/** §4.5.3: what does not fit in 32 bits stands in an extra field, in this order and only where it is needed. */
function wideSizes(directory: Buffer, at: number, extra: Buffer): Sizes | undefined {
  const narrow = [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)]
  const wide = narrow.includes(escape32) ? extraField(extra, 1) : undefined
  let next = 0
  const [size, compressedSize, offset] = narrow.map((value) => {
    if (value !== escape32 || wide === undefined) return value
    next += 8
    return next > wide.length ? undefined : Number(wide.readBigUInt64LE(next - 8))
  })
  if (size === undefined || compressedSize === undefined || offset === undefined) return undefined
  return { size, compressedSize, offset }
}

function extraField(extra: Buffer, id: number): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, end)
    at = end
  }
  return undefined
}

function dataStart(view: ByteView, { offset }: ZipEntry): number | undefined {
  const header = view.read(offset, localHeaderBytes)
  if (header?.readUInt32LE(0) !== localMagic) return undefined
  return offset + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28)
}

/** In one piece of just that size, so that it is never in memory twice. */
function unpack(data: Buffer, { method, size }: ZipEntry): Buffer {
  if (method === 0) return data
  if (method !== 8) throw new Problem('malformed', `it is compressed by method ${method}, which Java does not know`)
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, size), chunkSize: Math.max(64, size + 1) })
  } catch (cause) {
    throw new Problem('malformed', 'its content cannot be inflated', { cause })
  }
}

/** Where the entries lie. */
class Spans {
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  add(start: number, end: number): void {
    this.#starts.push(start)
    this.#ends.push(end)
  }

  /** Of spans that lie apart each ends before the next one starts, so both orders are the same. */
  overlap(): boolean {
    const starts = Float64Array.from(this.#starts).toSorted()
    const ends = Float64Array.from(this.#ends).toSorted()
    return starts.subarray(1).some((start, index) => start < (ends[index] ?? 0))
  }
}
