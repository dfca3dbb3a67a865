import { Problem } from '#kit/errors.ts'
import { type Chunks, readAll } from '#kit/limits.ts'
import { TarParser } from '#kit/tar/tar-parser.ts'
import { digestOf } from '../image-pieces.ts'
import { inflate } from '../inflate.ts'
import type { BlobParts } from '../layer-reader.ts'
import type { ImageLimits } from '../limits.ts'
import type { Anchor } from './anchor.ts'

export interface TableBytes {
  readonly json: Buffer
  /** Where the table starts in the blob, and so where the files end. */
  readonly start: number
}

export interface PartOptions {
  readonly limits: ImageLimits
  readonly signal: AbortSignal
}

/** Compressed and uncompressed: some 200,000 files. Larger tables are not worth their memory. */
const tableLimitBytes = 64 * 1024 ** 2

/** Asked for at once with the footer of an eStargz blob, so that a short table costs no further request. */
const tailBytes = 16 * 1024
const footerBytes = 51
const tableName = 'stargz.index.json'

/** The table of contents that the manifest vouches for. Throws `malformed` and `limit_exceeded`. */
export function fetchTable(parts: BlobParts, anchor: Anchor, options: PartOptions): Promise<TableBytes> {
  return anchor.format === 'estargz' ? fetchEstargz(parts, anchor, options) : fetchChunked(parts, anchor, options)
}

/** Throws `malformed` when the source gives no parts. */
export async function fetchPart(parts: BlobParts, start: number, end: number, signal: AbortSignal): Promise<Buffer> {
  const bytes = await parts.fetch(start, end, signal)
  if (bytes === undefined) throw new Problem('malformed', 'the server gives no parts of a file')
  if (bytes.length !== end - start) throw new Problem('malformed', 'the server gave another part than asked for')
  return bytes
}

async function fetchChunked(
  parts: BlobParts,
  { digest, start, end, sizeBytes }: Extract<Anchor, { format: 'zstd-chunked' }>,
  options: PartOptions,
): Promise<TableBytes> {
  requireInside(start, end, parts.size)
  if (sizeBytes > tableLimitBytes) throw tooLarge()
  const compressed = await fetchPart(parts, start, end, options.signal)
  requireDigest(compressed, digest)
  const json = await readAll(inflate([compressed], { ...options, name: 'the table of contents' }), sizeBytes)
  if (json.length !== sizeBytes) throw new Problem('malformed', 'the table of contents has not the size it should have')
  return { json, start }
}

async function fetchEstargz(
  parts: BlobParts,
  { digest }: Extract<Anchor, { format: 'estargz' }>,
  options: PartOptions,
): Promise<TableBytes> {
  const tailStart = Math.max(0, parts.size - tailBytes)
  const tail = await fetchPart(parts, tailStart, parts.size, options.signal)
  const end = parts.size - footerBytes
  const start = tableStart(tail.subarray(Math.max(0, tail.length - footerBytes)))
  requireInside(start, end, parts.size)
  const missing = start < tailStart ? await fetchPart(parts, start, tailStart, options.signal) : Buffer.of()
  const known = tail.subarray(Math.max(0, start - tailStart), end - tailStart)
  const json = await tableMember(inflate([missing, known], { ...options, name: 'the table of contents' }))
  requireDigest(json, digest)
  return { json, start }
}

/** An empty gzip member whose extra field says where the table starts: 16 hexadecimal digits and `STARGZ`. */
function tableStart(footer: Buffer): number {
  const isMarked = footer.readUInt16BE(0) === 0x1f8b && footer.toString('latin1', 12, 14) === 'SG'
  const [, digits] = /^([0-9a-f]{16})STARGZ$/.exec(footer.toString('latin1', 16, 38)) ?? []
  if (!isMarked || digits === undefined) {
    throw new Problem('malformed', 'the blob does not end with a footer of eStargz')
  }
  return Number.parseInt(digits, 16)
}

/** The content of the one file in the archive. */
async function tableMember(archive: Chunks): Promise<Buffer> {
  const parser = new TarParser()
  let json: Buffer | undefined
  let filled = 0
  for await (const chunk of archive) {
    for (const event of parser.push(chunk)) {
      if (event instanceof Uint8Array) {
        json?.set(event, filled)
        filled += event.length
      } else {
        if (json !== undefined || event.path !== tableName || event.type !== 'file') throw noTable()
        if (event.size > tableLimitBytes) throw tooLarge()
        json = Buffer.alloc(event.size)
        parser.keep()
      }
    }
    if (filled === json?.length) return json
  }
  throw noTable()
}

function requireInside(start: number, end: number, size: number): void {
  if (!Number.isSafeInteger(end) || start >= end || end > size) {
    throw new Problem('malformed', 'the table of contents lies outside the blob')
  }
  if (end - start > tableLimitBytes) throw tooLarge()
}

function requireDigest(bytes: Buffer, digest: string): void {
  const algorithm = digest.startsWith('sha512:') ? 'sha512' : 'sha256'
  if (digestOf(bytes, algorithm) === digest) return
  throw new Problem('malformed', 'the table of contents is not the one that the manifest names')
}

function noTable(): Problem {
  return new Problem('malformed', 'there is no table of contents where the footer says')
}

function tooLarge(): Problem {
  return new Problem('limit_exceeded', `the table of contents has more than ${tableLimitBytes} bytes`)
}
