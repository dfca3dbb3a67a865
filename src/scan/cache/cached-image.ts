import type { LayerContents } from '#image/entry.ts'
import type { ImageReader } from '#image/image-reader.ts'
import type { LayerRequest } from '#image/layer-reader.ts'
import type { TargetContents } from '#image/target.ts'
import { keyOf } from './cached-reader.ts'
import type { LayerCache } from './layer-cache.ts'
import { combine, learn, recall } from './layer-facts.ts'

/**
 * For images that an engine gives as a whole or not at all: when the configuration and all layers are known, it is not
 * asked for them. An image is stored only under the digest that its configuration turned out to have.
 */
export function cachedImages(cache: LayerCache): ImageReader {
  return async (image, request) => {
    if (request.selector.analysers === undefined) return image.read()
    const id = image.id.includes(':') ? image.id : `sha256:${image.id}`
    const key = `image ${id}`
    const known = await remembered(cache, key, request)
    if (known !== undefined) return known
    // Whoever is at it now will have stored it by then; if not, it cannot be stored and there is nothing to wait for.
    const lease = await cache.lease(key, request.signal)
    try {
      const meanwhile = await remembered(cache, key, request)
      if (meanwhile !== undefined) return meanwhile
      const contents = await image.read()
      if (contents.subject.digest === id) await keep(cache, key, { contents, request })
      return contents
    } finally {
      await lease?.[Symbol.asyncDispose]()
    }
  }
}

async function remembered(cache: LayerCache, key: string, request: LayerRequest): Promise<TargetContents | undefined> {
  const subject = await cache.findImage(key)
  if (subject === undefined) return undefined
  const layers: LayerContents[] = []
  for (const { diffId } of subject.layers) {
    const facts = await cache.find(keyOf({ digest: undefined, diffId }, request.limits) ?? '')
    const recollection = facts === undefined ? undefined : recall(facts, request)
    if (recollection === undefined || !('contents' in recollection)) return undefined
    layers.push(recollection.contents)
  }
  return { subject: { ...subject, kind: 'docker-engine', name: key }, layers, unknowns: [] }
}

interface Outcome {
  readonly contents: TargetContents
  readonly request: LayerRequest
}

/** An image with anything wrong about it is read every time. */
async function keep(cache: LayerCache, key: string, { contents, request }: Outcome): Promise<void> {
  const { subject, layers, unknowns } = contents
  const isSound = subject.layers.every(({ diffId }, index) => layers[index]?.diffId === diffId)
  if (unknowns.length > 0 || !isSound) return
  for (const layer of new Map(layers.map((one) => [one.diffId, one])).values()) {
    const facts = learn(layer, request)
    if (facts === undefined) return
    const layerKey = keyOf({ digest: undefined, diffId: layer.diffId }, request.limits) ?? ''
    const known = await cache.find(layerKey)
    await cache.keep(layerKey, (known && combine(known, facts)) ?? facts)
  }
  await cache.keepImage(key, subject)
}
