/** First byte of every zlib stream with the usual window of 32 KiB: https://www.rfc-editor.org/rfc/rfc1950 */
export const zlibMark = 0x78
/** `mayStartObject` looks at so many bytes at most. */
export const startBytes = 24

const secondBytes: ReadonlySet<number | undefined> = new Set([0x01, 0x5e, 0x9c, 0xda])

/**
 * Whether a zlib stream that holds a JSON object may start here; cheap, and wrong about one in a hundred thousand times
 * for other bytes: the first block must begin with `{`, or with code lengths that a compressor can have written
 * (https://www.rfc-editor.org/rfc/rfc1951).
 */
export function mayStartObject(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== zlibMark || !secondBytes.has(bytes[at + 1])) return false
  const bits = (first: number, count: number): number => readBits(bytes, (at + 2) * 8 + first, count)
  const blockType = bits(1, 2)
  if (blockType === 0) return isStoredObject(bytes, at + 3)
  if (blockType === 1) return bits(3, 8) === fixedBrace
  return blockType === 2 && bits(3, 5) <= 29 && bits(8, 5) <= 29 && isComplete(bits)
}

/** The code of `{` among the fixed ones, its first bit lowest. */
const fixedBrace = 0b1101_0101

function isStoredObject(bytes: Uint8Array, at: number): boolean {
  const [low = 0, high = 0, notLow = 0, notHigh = 0, first] = bytes.subarray(at, at + 5)
  return (low ^ notLow) === 255 && (high ^ notHigh) === 255 && first === 0x7b
}

/** Lengths of the codes for code lengths: those of a proper code fill the space of seven bits. */
function isComplete(bits: (first: number, count: number) => number): boolean {
  const count = bits(13, 4) + 4
  let filled = 0
  for (let index = 0; index < count; index++) {
    const length = bits(17 + 3 * index, 3)
    if (length > 0) filled += 128 >> length
  }
  return filled === 128
}

function readBits(bytes: Uint8Array, first: number, count: number): number {
  let value = 0
  for (let index = 0; index < count; index++) {
    const bit = first + index
    value |= (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) << index
  }
  return value
}
