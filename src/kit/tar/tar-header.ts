import { Problem } from '../errors.ts'
import { decodeName } from '../path.ts'

export const blockSize = 512

/** The fixed part of a member header; `docs` of the fields: POSIX pax, "ustar Interchange Format", and GNU tar's tar.h. */
export interface HeaderBlock {
  readonly name: string
  readonly linkName: string
  readonly typeFlag: string
  /** Bytes that follow the header, before padding. */
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  /** A character device 0:0. */
  readonly isDeviceZero: boolean
}

/** One 512 byte header block, refilled for every member. */
export class TarBlock {
  readonly bytes = Buffer.alloc(blockSize)
  readonly #words = new Uint32Array(this.bytes.buffer, this.bytes.byteOffset, blockSize / 4)

  isZero(): boolean {
    return this.#words.every((word) => word === 0)
  }

  /** Sums two bytes per addition: 128 words × 2 × 255 just fits the 16 bits of each lane. */
  hasValidChecksum(): boolean {
    const words = this.#words
    let lanes = 0
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at] ?? 0
      lanes = (lanes + (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff)) | 0
    }
    const stored = readNumber(this.bytes, 148, 8)
    if (stored === undefined) return false
    let unsigned = (lanes & 0xffff) + (lanes >>> 16) + 8 * 0x20
    for (let at = 148; at < 156; at += 1) unsigned -= this.bytes.readUInt8(at)
    return unsigned === stored || this.#signedSum() === stored
  }

  /** Some old writers summed signed characters. */
  #signedSum(): number {
    let sum = 8 * 0x20
    for (let at = 0; at < blockSize; at += 1) if (at < 148 || at >= 156) sum += this.bytes.readInt8(at)
    return sum
  }

  read(): HeaderBlock {
    const { bytes } = this
    return {
      name: this.#name(),
      linkName: readText(bytes, 157, 100),
      typeFlag: String.fromCharCode(bytes.readUInt8(156)),
      size: wholeNumber(bytes, 124, 12, 'size'),
      mode: wholeNumber(bytes, 100, 8, 'mode') & 0o7777,
      uid: wholeNumber(bytes, 108, 8, 'uid'),
      gid: wholeNumber(bytes, 116, 8, 'gid'),
      mtime: readNumber(bytes, 136, 12) ?? 0,
      isDeviceZero: bytes.readUInt8(156) === 0x33 && !readNumber(bytes, 329, 8) && !readNumber(bytes, 337, 8),
    }
  }

  /** GNU and v7 headers keep other things where ustar has the prefix. */
  #name(): string {
    const name = readText(this.bytes, 0, 100)
    const isUstar = this.bytes.toString('latin1', 257, 263) === 'ustar\0'
    if (!isUstar || this.bytes.readUInt8(345) === 0) return name
    return `${readText(this.bytes, 345, 155)}/${name}`
  }
}

/** Text up to the first NUL. */
function readText(bytes: Buffer, start: number, length: number): string {
  let end = start
  let seen = 0
  for (; end < start + length; end += 1) {
    const byte = bytes[end] ?? 0
    if (byte === 0) break
    seen |= byte
  }
  return seen < 0x80 ? bytes.toString('latin1', start, end) : decodeName(bytes.subarray(start, end))
}

function wholeNumber(bytes: Buffer, start: number, length: number, what: string): number {
  const value = readNumber(bytes, start, length)
  if (value === undefined || value < 0 || !Number.isSafeInteger(value)) {
    throw new Problem('malformed', `the tar header has no usable ${what}`)
  }
  return value
}

/** Octal digits padded with spaces or NULs, or base-256 when the first bit is set; `undefined` when neither. */
export function readNumber(bytes: Buffer, start: number, length: number): number | undefined {
  if (bytes.readUInt8(start) >= 0x80) return readBase256(bytes, start, length)
  const end = start + length
  let at = start
  while (at < end && isPadding(bytes[at])) at += 1
  let value = 0
  for (; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30
    if (digit < 0 || digit > 7) return isPadding(bytes[at]) ? value : undefined
    value = value * 8 + digit
  }
  return value
}

function isPadding(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0
}

function readBase256(bytes: Buffer, start: number, length: number): number {
  const isNegative = (bytes.readUInt8(start) & 0x40) !== 0
  let value = isNegative ? -1 - (0xff - bytes.readUInt8(start)) : bytes.readUInt8(start) & 0x3f
  for (let at = start + 1; at < start + length; at += 1) value = value * 256 + bytes.readUInt8(at)
  return value
}
