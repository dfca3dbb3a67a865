import type { PackageHash } from '#model/package.ts'

const sizes: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } satisfies Partial<
  Record<PackageHash['algorithm'], number>
>

/** The hashes of a Subresource Integrity string: `sha512-…` and maybe others, separated by blanks. */
export function integrityHashes(integrity: unknown): readonly PackageHash[] | undefined {
  if (typeof integrity !== 'string') return undefined
  const hashes = integrity.slice(0, 1000).split(/\s+/).flatMap(hashOf)
  return hashes.length === 0 ? undefined : hashes
}

function hashOf(part: string): PackageHash[] {
  const [, algorithm = '', base64 = ''] =
    /^(sha1|sha256|sha384|sha512)-([A-Za-z0-9+/]{20,88}={0,2})(?:\?|$)/.exec(part) ?? []
  const value = Buffer.from(base64, 'base64').toString('hex')
  return isAlgorithm(algorithm) && value.length === 2 * (sizes[algorithm] ?? 0) ? [{ algorithm, value }] : []
}

function isAlgorithm(text: string): text is PackageHash['algorithm'] {
  return Object.hasOwn(sizes, text)
}
