import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'
import { Problem } from '#kit/errors.ts'
import type { Chunks } from '#kit/limits.ts'
import { ByteSource } from './byte-source.ts'
import type { ImageLimits } from './limits.ts'
import { ZstdFrames } from './zstd-frames.ts'

export interface InflateOptions {
  /** What is read, for messages: `layer 3`. */
  readonly name: string
  readonly limits: Pick<ImageLimits, 'layerBytes' | 'ratio' | 'ratioFromBytes'>
  readonly signal: AbortSignal
  /** A chunk is gone once the next is asked for: its memory is given back at once, and not when it is collected. */
  readonly isTransient?: boolean
}

const chunkBytes = 256 * 1024

/**
 * Uncompressed bytes of a gzip, zstd or uncompressed stream, told apart by its first bytes. Reads the source to its
 * end before it ends itself. Throws `malformed` for damage and `limit_exceeded` for bombs.
 */
export async function* inflate(blob: Chunks, options: InflateOptions): AsyncGenerator<Uint8Array, void> {
  await using source = new ByteSource(blob, options.signal)
  let bytes = 0
  for await (const chunk of decode(source, options)) {
    options.signal.throwIfAborted()
    bytes += chunk.length
    checkLimits(bytes, source.bytes, options)
    yield chunk
  }
}

function checkLimits(bytes: number, compressedBytes: number, { name, limits }: InflateOptions): void {
  if (bytes > limits.layerBytes) throw tooManyBytes(name, limits)
  if (bytes > limits.ratioFromBytes && bytes > compressedBytes * limits.ratio) {
    throw new Problem('limit_exceeded', `${name} inflates to more than ${limits.ratio} times its size`, { at: name })
  }
}

export function tooManyBytes(name: string, { layerBytes }: Pick<ImageLimits, 'layerBytes'>): Problem {
  return new Problem('limit_exceeded', `${name} has more than ${layerBytes} bytes`, { at: name })
}

type Compression = 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'none'

async function* decode(source: ByteSource, options: InflateOptions): AsyncGenerator<Uint8Array, void> {
  const { name } = options
  const compression = recognise(await source.peek(6))
  switch (compression) {
    case 'gzip':
      yield* gunzip(source, options)
      break
    case 'zstd':
      yield* decompress(createZstdDecompress({ chunkSize: chunkBytes }), framesOf(source, name), options)
      break
    case 'none':
      for await (const chunk of source) yield* slices(chunk)
      break
    case 'bzip2':
    case 'xz':
      throw new Problem('malformed', `${name} is compressed with ${compression}, which images do not use`, { at: name })
  }
}

const magics: readonly (readonly [Exclude<Compression, 'none'>, RegExp])[] = [
  ['gzip', /^1f8b/],
  ['zstd', /^(?:28b52ffd|5[0-9a-f]2a4d18)/],
  ['bzip2', /^425a683[1-9]3141/],
  ['xz', /^fd377a585a00/],
]

function recognise(head: Buffer): Compression {
  const digits = head.toString('hex')
  return magics.find(([, magic]) => magic.test(digits))?.[0] ?? 'none'
}

function* slices(chunk: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < chunk.length; at += chunkBytes) yield chunk.subarray(at, at + chunkBytes)
}

async function* framesOf(source: ByteSource, name: string): AsyncGenerator<Uint8Array, void> {
  const frames = new ZstdFrames(name)
  for await (const chunk of source) yield* frames.split(chunk)
}

/** Zeros after the last member are padding; anything else there is damage, as it is for Go's reader. */
async function* gunzip(source: ByteSource, options: InflateOptions): AsyncGenerator<Uint8Array, void> {
  const { name } = options
  const decoder = createGunzip({ chunkSize: chunkBytes })
  yield* decompress(decoder, source, options)
  let rest: Uint8Array | undefined = source.last.subarray(source.last.length - (source.bytes - decoder.bytesWritten))
  for (; rest !== undefined; rest = await source.next()) {
    if (rest.some((byte) => byte !== 0)) throw new Problem('malformed', `${name} has data after its end`, { at: name })
  }
}

async function* decompress(
  decoder: Gunzip | ZstdDecompress,
  pieces: AsyncIterable<Uint8Array>,
  { name, isTransient = false }: InflateOptions,
): AsyncGenerator<Uint8Array, void> {
  let upstream: { readonly error: unknown } | undefined
  const feeding = feed(decoder, pieces).catch((error: unknown) => {
    upstream = { error }
    decoder.destroy(new Error('the source failed', { cause: error }))
  })
  try {
    for await (const chunk of decoder) {
      yield chunk
      if (isTransient) release(chunk)
    }
  } catch (cause) {
    if (upstream !== undefined) throw upstream.error
    throw new Problem('malformed', `${name} is damaged or cut off`, { at: name, cause })
  } finally {
    decoder.destroy()
  }
  await feeding
}

/**
 * A decoder fills its buffers from front to end, so the chunk at the end is the last of it. Without this the collector
 * walks through all that is known of an image every few chunks: twice the time of inflating.
 */
function release({ buffer, byteOffset, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && byteOffset + byteLength === buffer.byteLength) buffer.transfer(0)
}

/** One write at a time, so that what the decoder left unread is at most the piece written last. */
async function feed(decoder: Gunzip | ZstdDecompress, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  let wake: (() => void) | undefined
  decoder.once('close', () => wake?.())
  for await (const piece of pieces) {
    await new Promise<void>((resolve) => {
      wake = resolve
      if (decoder.destroyed) resolve()
      else decoder.write(piece, () => resolve())
    })
    if (decoder.destroyed) return
  }
  decoder.end()
}
