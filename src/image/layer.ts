import { createHash } from 'node:crypto'
import { Problem } from '#kit/errors.ts'
import type { Chunks } from '#kit/limits.ts'
import { TarParser } from '#kit/tar/tar-parser.ts'
import { Deadline } from './deadline.ts'
import type { LayerContents, Selector } from './entry.ts'
import { inflate, tooManyBytes } from './inflate.ts'
import { LayerCollector } from './layer-collector.ts'
import type { PlainArchive } from './layer-reader.ts'
import type { ImageLimits } from './limits.ts'

/** Raised when the same layer would yield other entries or unknowns than before: what is stored of it is void then. */
export const readingVersion = 1

export interface LayerOptions {
  readonly selector: Selector
  readonly limits: ImageLimits
  readonly signal: AbortSignal
  /** What messages call it: `layer 3`. */
  readonly name: string
  /** Also hash the uncompressed archive; costs more than reading it. */
  readonly hashDiffId?: boolean
}

/**
 * Reads a layer blob (tar, plain or gzip or zstd) once, to its last byte.
 * Throws `malformed` for damage and `limit_exceeded` for what costs too much; both name the layer.
 */
export async function readLayer(blob: Chunks, options: LayerOptions): Promise<LayerContents> {
  const { limits, name } = options
  using deadline = new Deadline(options.signal, limits.layerMs, name)
  const hash = options.hashDiffId === true ? createHash('sha256') : undefined
  const parser = new TarParser()
  const collector = new LayerCollector(parser, options, deadline)
  let bytes = 0
  try {
    for await (const chunk of inflate(blob, { name, limits, signal: deadline.signal, isTransient: true })) {
      bytes += chunk.length
      hash?.update(chunk)
      for (const event of parser.push(chunk)) collector.take(event)
      deadline.check()
    }
    parser.end()
  } catch (error) {
    throw inLayer(error, name)
  }
  const diffId = hash === undefined ? undefined : `sha256:${hash.digest('hex')}`
  return { ...collector.finish(), bytes, diffId }
}

const plainChunkBytes = 512 * 1024

/**
 * Reads a layer that lies uncompressed where it can be read in any order: of files that nobody wants only the headers.
 * Whatever they are, the entries and unknowns are those of `readLayer`.
 */
export async function readPlainLayer(archive: PlainArchive, options: LayerOptions): Promise<LayerContents> {
  const { limits, name } = options
  if (archive.size > limits.layerBytes) throw tooManyBytes(name, limits)
  using deadline = new Deadline(options.signal, limits.layerMs, name)
  const parser = new TarParser()
  const collector = new LayerCollector(parser, options, deadline)
  const buffer = Buffer.allocUnsafeSlow(Math.min(plainChunkBytes, archive.size))
  try {
    for (let position = 0; position < archive.size; ) {
      const room = buffer.subarray(0, archive.size - position)
      const chunk = room.subarray(0, await archive.read(room, position))
      for (const event of parser.push(chunk)) collector.take(event)
      position += chunk.length
      const passed = Math.min(parser.ahead, archive.size - position)
      parser.pass(passed)
      position += passed
      deadline.check()
    }
    parser.end()
  } catch (error) {
    throw inLayer(error, name)
  }
  return { ...collector.finish(), bytes: archive.size, diffId: undefined }
}

/** A parser knows the byte only; here the layer is put in front of it. */
function inLayer(error: unknown, name: string): unknown {
  if (!(error instanceof Problem) || error.message.startsWith(name)) return error
  const at = error.at === undefined ? name : `${name}, ${error.at}`
  return new Problem(error.code, `${name}: ${error.message}`, { at, hint: error.hint, cause: error.cause })
}
