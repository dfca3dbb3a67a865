import { Problem } from './errors.ts'

export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Reads a whole stream, refusing to hold more than `limitBytes`. Throws `limit_exceeded`. */
export async function readAll(source: Chunks, limitBytes: number, at?: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of source) {
    size += chunk.byteLength
    if (size > limitBytes) throw new Problem('limit_exceeded', `more than ${limitBytes} bytes`, { at })
    chunks.push(chunk)
  }
  return joined(chunks, size)
}

/** The one place where chunks become one buffer; `sizeBytes` was checked against a limit by the caller. */
export function joined(chunks: readonly Uint8Array[], sizeBytes: number): Buffer {
  return Buffer.concat(chunks, sizeBytes)
}
