import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Problem } from '../errors.ts'
import { LzmaDecoder, type Output } from './lzma.ts'

const magic = Buffer.from('fd377a585a00', 'hex')
const streamHeaderBytes = 12
const filterLzma2 = 0x21

/**
 * The content of an .xz file of one stream, as `dpkg-deb` writes it: LZMA2 without further filters. Node has no decoder.
 * Throws `malformed` for damage and what it does not know, `limit_exceeded` when more than `limitBytes` would come out.
 * https://tukaani.org/xz/xz-file-format.txt
 */
export function readXz(file: Buffer, limitBytes: number): Buffer {
  if (file.length < streamHeaderBytes || !file.subarray(0, 6).equals(magic)) throw malformed('this is not xz data')
  const check = checks[file.readUInt8(7) & 0x0f]
  if (crc32(file.subarray(6, 8)) !== file.readUInt32LE(8) || check === undefined)
    throw malformed('its header is damaged')
  const output: Output = { bytes: Buffer.alloc(0), at: 0, start: 0 }
  let at = streamHeaderBytes
  // §3.1.1: where a block would tell its size, zero begins the index, which is the last of all.
  while (byteAt(file, at) !== 0) at = readBlock(file, at, { output, limitBytes, check })
  return output.bytes.subarray(0, output.at)
}

interface Check {
  readonly bytes: number
  /** Absent for those that are not looked at. */
  readonly of?: (content: Buffer) => Buffer
}

/** §2.1.1.2 */
const checks: Readonly<Record<number, Check>> = {
  0: { bytes: 0 },
  1: { bytes: 4, of: crc32Bytes },
  4: { bytes: 8 },
  10: { bytes: 32, of: (content) => createHash('sha256').update(content).digest() },
}

function crc32Bytes(content: Buffer): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(crc32(content))
  return bytes
}

interface Reading {
  readonly output: Output
  readonly limitBytes: number
  readonly check: Check
}

/** §3; returns where the next block begins. */
function readBlock(file: Buffer, start: number, { output, limitBytes, check }: Reading): number {
  const headerBytes = 4 * (byteAt(file, start) + 1)
  const header = file.subarray(start, start + headerBytes)
  const isSound =
    header.length === headerBytes && crc32(header.subarray(0, -4)) === header.readUInt32LE(headerBytes - 4)
  if (!isSound) throw malformed('the header of a block is damaged')
  requireLzma2(header)
  output.start = output.at
  const from = output.at
  const end = readChunks(file, start + headerBytes, { output, limitBytes })
  const paddedEnd = end + ((4 - ((end - start) % 4)) % 4)
  const stored = file.subarray(paddedEnd, paddedEnd + check.bytes)
  if (check.of !== undefined && !check.of(output.bytes.subarray(from, output.at)).equals(stored)) {
    throw malformed('what comes out does not match its checksum')
  }
  return paddedEnd + check.bytes
}

/** §3.1: flags, two sizes if flagged, then for each filter its id and properties. */
function requireLzma2(header: Buffer): void {
  const flags = byteAt(header, 1)
  let at = 2
  for (const flag of [0x40, 0x80]) {
    if ((flags & flag) === 0) continue
    while (byteAt(header, at) >= 0x80) at += 1
    at += 1
  }
  if ((flags & 0x3f) !== 0 || byteAt(header, at) !== filterLzma2)
    throw malformed('it is filtered in a way that is not known')
}

/** LZMA2: chunks with a byte of control in front, until one is zero. Returns where they end. */
function readChunks(file: Buffer, start: number, { output, limitBytes }: Omit<Reading, 'check'>): number {
  const decoder = new LzmaDecoder(output)
  let at = start
  for (let control = byteAt(file, at); control !== 0; control = byteAt(file, at)) {
    if (control < 0x80 && control > 2) throw malformed('a chunk is of an unknown kind')
    if (control === 1 || control >= 0xe0) output.start = output.at
    const isPlain = control < 0x80
    const size = (isPlain ? 0 : (control & 0x1f) << 16) + wordAt(file, at + 1) + 1
    makeRoom(output, size, limitBytes)
    if (isPlain) {
      const plain = part(file, at + 3, size)
      plain.copy(output.bytes, output.at)
      output.at += size
      at += 3 + size
      continue
    }
    const packed = wordAt(file, at + 3) + 1
    const reset = (control >> 5) & 3
    if (reset >= 2) decoder.setProperties(byteAt(file, at + 5))
    if (reset >= 1) decoder.resetState()
    at += reset >= 2 ? 6 : 5
    decoder.decode(part(file, at, packed), size)
    at += packed
  }
  return at + 1
}

function makeRoom(output: Output, size: number, limitBytes: number): void {
  const needed = output.at + size
  if (needed > limitBytes) throw new Problem('limit_exceeded', `more than ${limitBytes} bytes of xz data`)
  if (needed <= output.bytes.length) return
  const larger = Buffer.alloc(Math.min(Math.max(2 * needed, 65_536), limitBytes))
  output.bytes.copy(larger, 0, 0, output.at)
  output.bytes = larger
}

function part(file: Buffer, start: number, size: number): Buffer {
  if (start + size > file.length) throw malformed('it is cut off')
  return file.subarray(start, start + size)
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at]
  if (byte === undefined) throw malformed('it is cut off')
  return byte
}

function wordAt(bytes: Buffer, at: number): number {
  return byteAt(bytes, at) * 256 + byteAt(bytes, at + 1)
}

function malformed(message: string): Problem {
  return new Problem('malformed', message)
}
