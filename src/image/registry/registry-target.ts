import { mapConcurrently } from '#kit/concurrency.ts'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import type { Platform } from '#model/image.ts'
import type { Unknown } from '#model/package.ts'
import type { LayerContents, Selector } from '../entry.ts'
import { readLayer } from '../layer.ts'
import { type ImageLimits, imageLimits } from '../limits.ts'
import type { Descriptor } from '../manifest.ts'
import { formatReference, type Reference } from '../reference.ts'
import { layersStep } from '../stored-target.ts'
import type { Target, TargetContents } from '../target.ts'
import { checkedBlob } from './checked-blob.ts'
import { type Connection, type ConnectionOptions, connect } from './connection.ts'
import { fetchBlob, MissingBlob } from './fetch.ts'
import { type RemoteImage, resolveImage } from './resolve.ts'

export interface RegistryOptions extends ConnectionOptions {
  /** What the user asked for; otherwise this machine's is preferred. */
  readonly platform?: Platform | undefined
  readonly limits?: ImageLimits | undefined
}

/** What one layer came to; without contents it could not be had, for that reason. */
type ReadLayer = { readonly contents: LayerContents } | { readonly missing: string }

const layersAtOnce = 2
const nothing: LayerContents = { entries: [], unknowns: [], bytes: 0 }

/** Finds an image in its registry, with Docker's or Podman's credentials. Layers are streamed when they are read. */
export async function openRegistry(reference: Reference, options: RegistryOptions, context: Context): Promise<Target> {
  const connection = await connect(reference, options, context)
  const limits = options.limits ?? imageLimits
  const image = await resolveImage(connection, { platform: options.platform, limits })
  const name = formatReference(reference, 'familiar')
  return {
    kind: 'registry',
    description: `${name} from the registry ${reference.domain}${image.note === undefined ? '' : ` (${image.note})`}`,
    read: (selector) => readImage({ connection, image, limits, selector, context, name }),
    [Symbol.asyncDispose]: async () => {},
  }
}

interface Reading {
  readonly connection: Connection
  readonly image: RemoteImage
  readonly limits: ImageLimits
  readonly selector: Selector
  readonly context: Context
  readonly name: string
}

async function readImage(reading: Reading): Promise<TargetContents> {
  const { image, name } = reading
  const read = await readBlobs(reading)
  const unknowns: Unknown[] = []
  const layers = image.blobs.map(({ digest }, index) => {
    const path = `layer ${index}`
    const layer = read.get(digest) ?? { missing: 'it was not read' }
    if ('missing' in layer) {
      unknowns.push({ path, reason: layer.missing })
      return nothing
    }
    const { diffId = '' } = image.layers[index] ?? {}
    if (layer.contents.diffId !== undefined && layer.contents.diffId !== diffId) {
      unknowns.push({ path, reason: `content does not match its diff_id ${diffId}` })
    }
    return layer.contents
  })
  const { digest, platform } = image
  return { subject: { kind: 'registry', name, digest, platform, layers: image.layers }, layers, unknowns }
}

/** Reads every blob once, also when several layers share one; the first failure ends the others. */
async function readBlobs(reading: Reading): Promise<ReadonlyMap<string, ReadLayer>> {
  const blobs = [...new Map(reading.image.blobs.map((blob) => [blob.digest, blob])).values()]
  const failed = new AbortController()
  const signal = AbortSignal.any([reading.context.signal, failed.signal])
  const count = counter(reading.context, blobs)
  let layersRead = 0
  const read = await mapConcurrently(blobs, layersAtOnce, async (blob) => {
    try {
      const layer = await readBlob(blob, { ...reading, signal, count })
      layersRead += 1
      reading.context.progress(layersStep(layersRead, blobs.length))
      return [blob.digest, layer] as const
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  reading.context.progress({ ...count.step(), finished: true })
  return new Map(read)
}

interface Counter {
  add(bytes: number): void
  step(): Parameters<Context['progress']>[0]
}

function counter(context: Context, blobs: readonly Descriptor[]): Counter {
  const total = blobs.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  const step = () => ({ task: 'downloading', done, total, unit: 'bytes' }) as const
  return {
    step,
    add(bytes) {
      done += bytes
      context.progress(step())
    },
  }
}

async function readBlob(
  descriptor: Descriptor,
  reading: Reading & { readonly signal: AbortSignal; readonly count: Counter },
): Promise<ReadLayer> {
  const { mediaType = '' } = descriptor
  if (mediaType.endsWith('+encrypted')) return { missing: 'its content is encrypted' }
  try {
    return { contents: await readChecked(descriptor, reading) }
  } catch (error) {
    const isMissing = error instanceof Problem && rootCause(error) instanceof MissingBlob
    if (!isMissing || !/foreign|nondistributable/.test(mediaType)) throw error
    return { missing: 'its content is kept by its vendor and not in the registry' }
  }
}

/** Other content than promised is reported as that, and not as the damage it may look like. */
async function readChecked(
  descriptor: Descriptor,
  { connection, image, limits, selector, signal, count }: Parameters<typeof readBlob>[1],
): Promise<LayerContents> {
  const source = counted(fetchBlob(connection, descriptor, signal), count)
  await using blob = checkedBlob(source, descriptor, connection.reference.domain)
  const name = `layer ${image.blobs.findIndex(({ digest }) => digest === descriptor.digest)}`
  try {
    const contents = await readLayer(blob.chunks, { selector, limits, signal, name, hashDiffId: true })
    await blob.settle()
    return contents
  } catch (error) {
    if (error instanceof Problem && error.code === 'malformed') await blob.settle()
    throw error
  }
}

async function* counted(source: AsyncIterable<Uint8Array>, count: Counter): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    count.add(chunk.byteLength)
    yield chunk
  }
}

function rootCause(error: Error): unknown {
  return error.cause instanceof Problem ? rootCause(error.cause) : error.cause
}
