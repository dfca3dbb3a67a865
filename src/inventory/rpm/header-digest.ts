import { createHash } from 'node:crypto'

/** Strongest first: tag of the digest, and what made it. */
const digests = [
  [273, 'sha256'],
  [269, 'sha1'],
] as const

const immutableRegion = 63
const entryBytes = 16
const trailerBytes = 16
const magic = Buffer.from('8eade80100000000', 'hex')

/**
 * Whether the part of a header that its package came with is still what the package's digest was made of. A header
 * without a digest, as rpm makes for keys, is taken as it is; so is one whose digest was made again to fit.
 * https://rpm-software-management.github.io/rpm/manual/format_header.html
 */
export function isAsBuilt(header: Buffer): boolean {
  const data = header.subarray(8 + header.readUInt32BE(0) * entryBytes)
  for (const [tag, algorithm] of digests) {
    const stored = digestOf(header, data, tag)
    if (stored === undefined) continue
    const region = regionOf(header, data)
    if (region === undefined) return false
    const lengths = Buffer.alloc(8)
    lengths.writeUInt32BE(region.index.length / entryBytes, 0)
    lengths.writeUInt32BE(region.data.length, 4)
    const hash = createHash(algorithm).update(magic).update(lengths).update(region.index).update(region.data)
    return hash.digest('hex') === stored
  }
  return true
}

function digestOf(header: Buffer, data: Buffer, tag: number): string | undefined {
  for (let at = 8; at < header.length - data.length; at += entryBytes) {
    if (header.readUInt32BE(at) !== tag) continue
    const start = header.readUInt32BE(at + 8)
    return data.toString('latin1', start, start + 64).split('\0', 1)[0]
  }
  return undefined
}

/** The first entry points to a copy of itself behind the region's data, which tells how long its index is. */
function regionOf(header: Buffer, data: Buffer): { readonly index: Buffer; readonly data: Buffer } | undefined {
  const indexBytes = header.length - data.length - 8
  if (indexBytes < entryBytes || header.readUInt32BE(8) !== immutableRegion) return undefined
  const trailer = header.readUInt32BE(16)
  if (trailer + trailerBytes > data.length) return undefined
  const length = -data.readInt32BE(trailer + 8)
  if (length < entryBytes || length > indexBytes || length % entryBytes !== 0) return undefined
  return { index: header.subarray(8, 8 + length), data: data.subarray(0, trailer + trailerBytes) }
}
