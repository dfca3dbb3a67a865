import { mapConcurrently } from '#kit/concurrency.ts'
import type { Context, Progress } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import type { Platform } from '#model/image.ts'
import type { Unknown } from '#model/package.ts'
import type { LayerContents, Selector } from '../entry.ts'
import { type LayerBlob, type LayerReader, readBlob } from '../layer-reader.ts'
import { type ImageLimits, imageLimits } from '../limits.ts'
import type { Descriptor } from '../manifest.ts'
import { formatReference, type Reference } from '../reference.ts'
import { layersStep } from '../stored-target.ts'
import type { Target, TargetContents, Transfer } from '../target.ts'
import { checkedBlob } from './checked-blob.ts'
import { type Connection, type ConnectionOptions, connect } from './connection.ts'
import { fetchBlob, fetchBlobPart, MissingBlob } from './fetch.ts'
import { type RemoteImage, resolveImage } from './resolve.ts'

export interface RegistryOptions extends ConnectionOptions {
  /** What the user asked for; otherwise this machine's is preferred. */
  readonly platform?: Platform | undefined
  readonly limits?: ImageLimits | undefined
  readonly readLayer?: LayerReader | undefined
}

/** What one layer came to; without contents it could not be had, for that reason. */
type ReadLayer = { readonly contents: LayerContents } | { readonly missing: string }

const layersAtOnce = 2
const nothing: LayerContents = { entries: [], unknowns: [], bytes: 0 }

/** Finds an image in its registry, with Docker's or Podman's credentials. Layers are streamed when they are read. */
export async function openRegistry(reference: Reference, options: RegistryOptions, context: Context): Promise<Target> {
  const connection = await connect(reference, options, context)
  const { limits = imageLimits, readLayer = readBlob } = options
  const image = await resolveImage(connection, { platform: options.platform, limits })
  const name = formatReference(reference, 'familiar')
  return {
    kind: 'registry',
    description: `${name} from the registry ${reference.domain}${image.note === undefined ? '' : ` (${image.note})`}`,
    identity: { name, digest: image.digest },
    read: (selector) => readImage({ connection, image, limits, readLayer, selector, context, name }),
    [Symbol.asyncDispose]: async () => {},
  }
}

interface Reading {
  readonly connection: Connection
  readonly image: RemoteImage
  readonly limits: ImageLimits
  readonly readLayer: LayerReader
  readonly selector: Selector
  readonly context: Context
  readonly name: string
}

async function readImage(reading: Reading): Promise<TargetContents> {
  const { image, name } = reading
  const { read, transfer } = await readBlobs(reading)
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
  return { subject: { kind: 'registry', name, digest, platform, layers: image.layers }, layers, unknowns, transfer }
}

/** Reads every blob once, also when several layers share one; the first failure ends the others. */
async function readBlobs(
  reading: Reading,
): Promise<{ readonly read: ReadonlyMap<string, ReadLayer>; readonly transfer: Transfer }> {
  const blobs = [...new Map(reading.image.blobs.map((blob) => [blob.digest, blob])).values()]
  const failed = new AbortController()
  const signal = AbortSignal.any([reading.context.signal, failed.signal])
  const count = counter(reading.context, blobs)
  let layersRead = 0
  const read = await mapConcurrently(blobs, layersAtOnce, async (blob) => {
    try {
      const layer = await readOrMiss(blob, { ...reading, signal, count })
      layersRead += 1
      reading.context.progress(layersStep(layersRead, blobs.length))
      return [blob.digest, layer] as const
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  const { done, total } = count.step()
  reading.context.progress({ ...count.step(), finished: true })
  return { read: new Map(read), transfer: { transferred: done, transferable: total } }
}

interface Counter {
  add(bytes: number): void
  step(): Progress & { readonly total: number }
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

interface BlobReading extends Reading {
  readonly signal: AbortSignal
  readonly count: Counter
}

async function readOrMiss(descriptor: Descriptor, reading: BlobReading): Promise<ReadLayer> {
  const { mediaType = '' } = descriptor
  if (mediaType.endsWith('+encrypted')) return { missing: 'its content is encrypted' }
  try {
    return { contents: await reading.readLayer(layerBlob(descriptor, reading), reading) }
  } catch (error) {
    const isMissing = error instanceof Problem && rootCause(error) instanceof MissingBlob
    if (!isMissing || !/foreign|nondistributable/.test(mediaType)) throw error
    return { missing: 'its content is kept by its vendor and not in the registry' }
  }
}

function layerBlob(descriptor: Descriptor, { connection, image, signal, count }: BlobReading): LayerBlob {
  const index = image.blobs.findIndex(({ digest }) => digest === descriptor.digest)
  return {
    name: `layer ${index}`,
    digest: descriptor.digest,
    diffId: image.layers[index]?.diffId,
    parts: {
      size: descriptor.size,
      annotations: descriptor.annotations,
      async fetch(start, end, partSignal) {
        const bytes = await fetchBlobPart(connection, { digest: descriptor.digest, start, end }, partSignal)
        count.add(bytes?.byteLength ?? 0)
        return bytes
      },
    },
    async read(consume) {
      const source = counted(fetchBlob(connection, descriptor, signal), count)
      await using blob = checkedBlob(source, descriptor, connection.reference.domain)
      try {
        const result = await consume(blob.chunks)
        await blob.settle()
        return result
      } catch (error) {
        // Other content than promised is reported as that, and not as the damage it may look like.
        if (error instanceof Problem && error.code === 'malformed') await blob.settle()
        throw error
      }
    },
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
