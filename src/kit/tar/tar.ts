import type { Chunks } from '../limits.ts'
import { type TarHeader, TarParser } from './tar-parser.ts'

export interface TarMember {
  readonly header: TarHeader
  /** Where the content starts in the uncompressed archive. */
  readonly offset: number
  /** Can be read once, before the next member is asked for; what is not read is passed over. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * Members of an uncompressed archive in its order, those with unusable names (`..`, NUL) left out.
 * Throws `malformed` for damage, once it is reached. The source is closed when the loop is left.
 */
export async function* readTar(
  chunks: Chunks,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<TarMember, void> {
  const parser = new TarParser()
  const events = readEvents(parser, chunks, signal)
  let current = 0
  try {
    for (let next = await events.next(); next.done !== true; next = await events.next()) {
      const header = next.value
      if (header instanceof Uint8Array || header.refused !== undefined) continue
      parser.keep()
      const own = current
      yield { header, offset: header.offset, content: readContent(events, header.size, () => current === own) }
      parser.skip()
      current += 1
    }
  } finally {
    await events.return()
  }
}

type Events = AsyncGenerator<TarHeader | Uint8Array, void>

async function* readEvents(parser: TarParser, chunks: Chunks, signal: AbortSignal): Events {
  for await (const chunk of chunks) {
    signal.throwIfAborted()
    yield* parser.push(chunk)
  }
  parser.end()
}

async function* readContent(events: Events, size: number, isCurrent: () => boolean): AsyncGenerator<Uint8Array, void> {
  let left = size
  while (left > 0 && isCurrent()) {
    const next = await events.next()
    if (next.done === true || !(next.value instanceof Uint8Array)) return
    left -= next.value.length
    yield next.value
  }
}
