import { createHash } from 'node:crypto'
import { joined } from '#kit/limits.ts'

const digestBytes = 32

/** A file of the cache: its kind, the digest of its body, and the body. */
export function seal(magic: Buffer, body: Buffer): Buffer {
  return whole([magic, createHash('sha256').update(body).digest(), body])
}

/** The body of a file that `seal` made; throws on anything else. */
export function unseal(magic: Buffer, file: Buffer): Buffer {
  const bodyAt = magic.length + digestBytes
  const body = file.subarray(bodyAt)
  const isWhole =
    file.length > bodyAt &&
    file.subarray(0, magic.length).equals(magic) &&
    createHash('sha256').update(body).digest().equals(file.subarray(magic.length, bodyAt))
  if (!isWhole) throw new RangeError('this is no whole file of the cache')
  return body
}

export function whole(parts: readonly Buffer[]): Buffer {
  return joined(
    parts,
    parts.reduce((sum, { length }) => sum + length, 0),
  )
}
