import type { LayerContents } from '#image/entry.ts'
import { readingVersion } from '#image/layer.ts'
import { type LayerBlob, type LayerReader, type LayerRequest, readBlob } from '#image/layer-reader.ts'
import type { ImageLimits } from '#image/limits.ts'
import { selectorOf } from '#inventory/selector.ts'
import type { LayerCache } from './layer-cache.ts'
import { combine, type LayerFacts, learn, type Missing, recall } from './layer-facts.ts'

/**
 * Reads only what the cache does not know, and only once for all processes that ask at the same time. Every layer is
 * stored under an identity that was computed while its bytes passed by, never under one that is merely claimed.
 */
export function cachedReader(cache: LayerCache, read: LayerReader = readBlob): LayerReader {
  return async (blob, request) => {
    const key = keyOf(blob, request.limits)
    if (key === undefined || request.selector.analysers === undefined) return read(blob, request)
    const reading = new CachedReading({ cache, read, key, blob, request })
    while (cache.isUsable) {
      const contents = (await reading.remembered()) ?? (await reading.alone())
      if (contents !== undefined) return contents
    }
    return read(blob, request)
  }
}

interface Parts {
  readonly cache: LayerCache
  readonly read: LayerReader
  readonly key: string
  readonly blob: LayerBlob
  readonly request: LayerRequest
}

class CachedReading {
  readonly #parts: Parts
  #facts: LayerFacts | undefined
  #missing: Missing | undefined
  #isUnusable = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What the cache knows, when that is enough. */
  async remembered(): Promise<LayerContents | undefined> {
    const { cache, key, request } = this.#parts
    this.#facts = await cache.find(key)
    this.#missing = undefined
    return this.#facts === undefined ? undefined : this.#recalled(this.#facts, request)
  }

  /** Reads what is missing, unless another process turns out to be at it. */
  async alone(): Promise<LayerContents | undefined> {
    const { cache, key, blob, request, read } = this.#parts
    if (this.#isUnusable) return read(blob, request)
    await using lease = await cache.lease(key, request.signal)
    if (lease === undefined) return undefined
    // Whoever had the lease before may have stored it since we looked.
    return (await this.remembered()) ?? (await this.#completed()) ?? (await this.#afresh())
  }

  #recalled(facts: LayerFacts, request: LayerRequest): LayerContents | undefined {
    const recollection = recall(facts, request)
    if ('contents' in recollection) return recollection.contents
    if ('missing' in recollection) this.#missing = recollection.missing
    else this.#isUnusable = true
    return undefined
  }

  /** Reads a known layer for what is missing of it. */
  async #completed(): Promise<LayerContents | undefined> {
    const { request, blob, read } = this.#parts
    const [known, missing] = [this.#facts, this.#missing]
    if (known === undefined || missing === undefined) return undefined
    const selector = selectorOf((path) => missing.paths.has(path), missing.analysers)
    const more = learn(await read(blob, { ...request, selector }), { ...request, selector })
    const facts = more === undefined ? undefined : combine(known, more)
    if (facts === undefined) return undefined
    await this.#keep(facts)
    return this.#recalled(facts, request)
  }

  async #afresh(): Promise<LayerContents> {
    const { request, blob, read } = this.#parts
    const contents = await read(blob, request)
    const facts = learn(contents, request)
    if (facts !== undefined) await this.#keep(facts)
    return contents
  }

  async #keep(facts: LayerFacts): Promise<void> {
    const { blob, request, cache } = this.#parts
    const key = keyOf({ digest: blob.digest, diffId: facts.diffId }, request.limits)
    if (key !== undefined) await cache.keep(key, facts)
  }
}

/**
 * Blobs and uncompressed archives are named apart: that a blob is what its digest says is checked whenever it is read,
 * that it unpacks to what the configuration says is not.
 */
export function keyOf(
  { digest, diffId }: Pick<LayerBlob, 'digest' | 'diffId'>,
  limits: ImageLimits,
): string | undefined {
  const identity = digest === undefined ? diffId && `diff ${diffId}` : `blob ${digest}`
  const { layers: _layers, documentBytes: _documents, layerMs: _time, ...relevant } = limits
  const limited = Object.entries(relevant).map(([name, value]) => `${name} ${value}`)
  return (
    identity &&
    [identity, `reading ${readingVersion}`, ...limited.toSorted((one, other) => (one < other ? -1 : 1))].join(', ')
  )
}
