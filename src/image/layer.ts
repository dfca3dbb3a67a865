import { createHash } from 'node:crypto'
import { Problem } from '#kit/errors.ts'
import type { Chunks } from '#kit/limits.ts'
import { TarParser } from '#kit/tar/tar-parser.ts'
import { Deadline } from './deadline.ts'
import type { LayerContents, Selector } from './entry.ts'
import { inflate } from './inflate.ts'
import { LayerCollector } from './layer-collector.ts'
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

/** A parser knows the byte only; here the layer is put in front of it. */
function inLayer(error: unknown, name: string): unknown {
  if (!(error instanceof Problem) || error.message.startsWith(name)) return error
  const at = error.at === undefined ? name : `${name}, ${error.at}`
  return new Problem(error.code, `${name}: ${error.message}`, { at, hint: error.hint, cause: error.cause })
}
