import { constants, gunzipSync } from 'node:zlib'
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

function* tarNames(content: Buffer): Generator<string> {
  for (let offset = 0; offset + 512 <= content.length; ) {
    const size = Number.parseInt(content.toString('latin1', offset + 124, offset + 136), 8)
    if (!(size >= 0)) return
    yield content
      .subarray(offset, offset + 100)
      .toString()
      .replace(/\0.*$/s, '')
    offset += 512 + Math.ceil(size / 512) * 512
  }
}
