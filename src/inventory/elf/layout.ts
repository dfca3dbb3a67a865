/** How numbers are written in a program. */
export interface Layout {
  readonly wordBytes: 4 | 8
  readonly isBigEndian: boolean
}

/** `undefined` beyond the end, and for what no file offset or address can be. */
export function readWord(bytes: Buffer, at: number, { wordBytes, isBigEndian }: Layout): number | undefined {
  if (at < 0 || at + wordBytes > bytes.length) return undefined
  if (wordBytes === 4) return isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)
  const value = Number(isBigEndian ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at))
  return Number.isSafeInteger(value) ? value : undefined
}
