import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Problem } from '#kit/errors.ts'
import { type Chunks, joined, readAll } from '#kit/limits.ts'
import { readTar } from '#kit/tar/tar.ts'
import { archiveLimits, checkRatio, type FeedMember, isZlibError, type MemberOptions } from './archive-limits.ts'
import { zipMembers } from './feed-zip.ts'
import type { DroppedItem, FeedFile } from './source.ts'

/** The files in a zip, a tar (gzipped or not), or the file itself when it is neither. */
export async function* feedMembers(file: FeedFile, options: MemberOptions): AsyncGenerator<FeedMember | DroppedItem> {
  const { head, all } = await peek(fileContent(file, options.signal))
  if (head.toString('latin1', 0, 4) === 'PK\u0003\u0004') {
    yield* zipMembers(await readAll(all, archiveLimits.zipBytes, file.name), file.name, options)
  } else if (isTar(head)) {
    yield* tarMembers(all, file.name, options)
  } else {
    yield { name: file.name, bytes: await readAll(all, archiveLimits.documentBytes, file.name) }
  }
}

async function* tarMembers(
  archive: AsyncIterable<Uint8Array>,
  at: string,
  { wants, signal }: MemberOptions,
): AsyncGenerator<FeedMember | DroppedItem> {
  const { members, memberBytes } = archiveLimits
  let count = 0
  for await (const { header, content } of readTar(archive, { signal })) {
    count += 1
    if (count > members) throw new Problem('limit_exceeded', `more than ${members} files`, { at })
    if (header.type !== 'file' || !wants(header.path)) continue
    if (header.size > memberBytes) yield { dropped: { at: header.path, reason: 'larger than the limit' } }
    else yield { name: header.path, bytes: await readAll(content, memberBytes, header.path) }
  }
}

/** The content of a single file, gunzipped when it is gzip. */
export async function* fileContent(file: FeedFile, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(file.open())
  const content = isGzip(head) ? gunzipped(all, file.name, signal) : all
  for await (const chunk of content) {
    signal.throwIfAborted()
    yield chunk
  }
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

export function isTar(head: Uint8Array): boolean {
  return Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1', 257, 262) === 'ustar'
}

const headBytes = 512

/** The first bytes of a stream, and the whole stream still to be read. */
async function peek(source: Chunks): Promise<{ readonly head: Buffer; readonly all: AsyncGenerator<Uint8Array> }> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  const first: Uint8Array[] = []
  let size = 0
  while (size < headBytes) {
    const { done, value } = await iterator.next()
    if (done === true) break
    first.push(value)
    size += value.byteLength
  }
  return { head: joined(first, size), all: replay(first, iterator) }
}

async function* replay(
  first: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* first
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

async function* gunzipped(source: AsyncIterable<Uint8Array>, at: string, signal: AbortSignal) {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  const pumped = pipeline(Readable.from(source), gunzip, { signal })
  pumped.catch(() => undefined)
  let size = 0
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength
      checkRatio(size, gunzip.bytesWritten, at)
      yield chunk
    }
  } catch (cause) {
    throw isZlibError(cause) ? new Problem('malformed', 'the gzip data is damaged', { at, cause }) : cause
  }
}
