import { Problem } from '#kit/errors.ts'
import { digestPattern } from '../manifest.ts'

/** What the manifest vouches for: the digest of a table of contents, and so of everything that the table describes. */
export type Anchor =
  /** The digest is that of the uncompressed JSON; the footer of the blob says where it is. */
  | { readonly format: 'estargz'; readonly digest: string }
  /** The digest is that of the compressed JSON. */
  | {
      readonly format: 'zstd-chunked'
      readonly digest: string
      readonly start: number
      readonly end: number
      readonly sizeBytes: number
    }

const estargzDigest = 'containerd.io/snapshot/stargz/toc.digest'
/** The second is what the tools of 2022 wrote. */
const chunkedPrefixes = ['io.github.containers.zstd-chunked', 'io.containers.zstd-chunked']

/** Throws `malformed` when the annotations contradict themselves; `undefined` when they name no table. */
export function anchorOf(annotations: Readonly<Record<string, unknown>>): Anchor | undefined {
  const anchors: Anchor[] = []
  const estargz = annotations[estargzDigest]
  if (estargz !== undefined) anchors.push({ format: 'estargz', digest: requireDigest(estargz) })
  for (const prefix of chunkedPrefixes) {
    const checksum = annotations[`${prefix}.manifest-checksum`]
    if (checksum === undefined) continue
    const position = positionOf(annotations[`${prefix}.manifest-position`])
    anchors.push({ format: 'zstd-chunked', digest: requireDigest(checksum), ...position })
  }
  if (anchors.length > 1) throw new Problem('malformed', 'the manifest names two tables of contents')
  return anchors[0]
}

function requireDigest(value: unknown): string {
  if (typeof value === 'string' && digestPattern.test(value)) return value
  throw new Problem('malformed', 'the manifest names a table of contents without a usable digest')
}

/** `offset:length:uncompressed length:type`, where type 1 is the only one there is. */
function positionOf(value: unknown): { start: number; end: number; sizeBytes: number } {
  const text = typeof value === 'string' ? value : ''
  const [, offset, length, size] = /^(\d{1,15}):(\d{1,15}):(\d{1,15}):1$/.exec(text) ?? []
  if (size === undefined) throw new Problem('malformed', 'the manifest does not say where the table of contents is')
  return { start: Number(offset), end: Number(offset) + Number(length), sizeBytes: Number(size) }
}
