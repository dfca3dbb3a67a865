/** First byte of every zlib stream with the usual window of 32 KiB: https://www.rfc-editor.org/rfc/rfc1950 */
export const zlibMark = 0x78
/** `mayStartObject` looks at so many bytes at most. */
export const startBytes = 24

/**
 * Whether a zlib stream that holds a JSON object may start here; cheap, and wrong about one in a hundred thousand times
 * for other bytes: the first block must begin with `{`, or with code lengths that a compressor can have written
 * (https://www.rfc-editor.org/rfc/rfc1951).
 */
export function mayStartObject(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== zlibMark || !isSecondByte(bytes[at + 1])) return false
  const bits = (bytes[at + 2] ?? 0) | ((bytes[at + 3] ?? 0) << 8) | ((bytes[at + 4] ?? 0) << 16)
  const blockType = (bits >> 1) & 3
  if (blockType === 0) return isStoredObject(bytes, at + 3)
  if (blockType === 1) return ((bits >> 3) & 0xff) === fixedBrace
  const [lengthCodes, distanceCodes] = [(bits >> 3) & 31, (bits >> 8) & 31]
  return blockType === 2 && lengthCodes <= 29 && distanceCodes <= 29 && isComplete(bytes, at + 2)
}

function isSecondByte(byte: number | undefined): boolean {
  return byte === 0x01 || byte === 0x5e || byte === 0x9c || byte === 0xda
}

/** The code of `{` among the fixed ones, its first bit lowest. */
const fixedBrace = 0b1101_0101

function isStoredObject(bytes: Uint8Array, at: number): boolean {
  const [low = 0, high = 0, notLow = 0, notHigh = 0, first] = bytes.subarray(at, at + 5)
  return (low ^ notLow) === 255 && (high ^ notHigh) === 255 && first === 0x7b
}

/** Lengths of the codes for code lengths: those of a proper code fill the space of seven bits. */
function isComplete(bytes: Uint8Array, start: number): boolean {
  const count = readBits(bytes, start * 8 + 13, 4) + 4
  let filled = 0
  for (let index = 0; index < count; index++) {
    const length = readBits(bytes, start * 8 + 17 + 3 * index, 3)
    if (length > 0) filled += 128 >> length
  }
  return filled === 128
}

/** Up to eight bits, the first one lowest. */
function readBits(bytes: Uint8Array, first: number, count: number): number {
  const at = first >>> 3
  const pair = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  return (pair >> (first & 7)) & ((1 << count) - 1)
}
