import { constants, gunzipSync } from 'node:zlib'
import { Problem } from '#kit/errors.ts'
import { TarParser } from '#kit/tar/tar-parser.ts'
import { isGzip, isTar } from './archive.ts'

/** What the first bytes of a file show of it. */
export interface Head {
  /** Names of the archive members that begin in it; empty for a single file. */
  readonly names: readonly string[]
  /** Start of the content of a single file, or of the archive's first members. */
  readonly text: string
}

const textBytes = 64 * 1024

const known = new WeakMap<Uint8Array, Head>()

/** Looks into gzip and tar; done once for all sources that are asked about one file. */
export function readHead(bytes: Uint8Array): Head {
  const head = known.get(bytes) ?? lookInto(bytes)
  known.set(bytes, head)
  return head
}

function lookInto(bytes: Uint8Array): Head {
  const content = isGzip(bytes) ? gunzipStart(bytes) : Buffer.from(bytes)
  if (!isTar(content)) return { names: [], text: content.toString('utf8', 0, textBytes) }
  return { names: [...tarNames(content)], text: '' }
}

/** Deflate cannot make more than 1,032 bytes of one. */
function gunzipStart(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: bytes.length * 1032 + 1024 })
  } catch {
    return Buffer.alloc(0)
  }
}

/** Up to where the head breaks off. */
function* tarNames(content: Buffer): Generator<string> {
  try {
    for (const event of new TarParser().push(content)) if (!(event instanceof Uint8Array)) yield event.path
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
}
