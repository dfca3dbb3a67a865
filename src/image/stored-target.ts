import { availableParallelism } from 'node:os'
import { mapConcurrently } from '#kit/concurrency.ts'
import type { Progress } from '#kit/context.ts'
import type { Selector } from './entry.ts'
import { assembleImage, checkLayerCount, layerName } from './image-contents.ts'
import { type ImagePieces, promisedDigest, type ResolvedImage, readPromised } from './image-pieces.ts'
import type { ImageReader } from './image-reader.ts'
import { KeptContent } from './kept-content.ts'
import type { LayerBlob, LayerReader, PlainArchive } from './layer-reader.ts'
import type { ImageLimits } from './limits.ts'
import type { Target, TargetContents } from './target.ts'

/** Pieces that can be read in any order and as often as wanted. */
export interface StoredPieces extends ImagePieces, AsyncDisposable {
  /** A chunk is gone once the next is asked for. */
  blob(path: string): AsyncIterable<Uint8Array>
  /** A piece that is an uncompressed archive, and large enough for it to pay to read it as such. */
  plain?(path: string): Promise<PlainArchive | undefined>
}

export interface ReadOptions {
  readonly limits: ImageLimits
  readonly signal: AbortSignal
  readonly progress: (step: Progress) => void
  readonly readLayer: LayerReader
  readonly readImage?: ImageReader | undefined
}

/** Layers read at a time: inflating runs beside the main thread, so more than the processors gains nothing. */
const width = Math.min(4, availableParallelism())

/** A target over an image in an archive file or a layout directory. Disposes of the pieces. */
export function storedTarget(
  pieces: StoredPieces,
  image: ResolvedImage,
  { name, description, ...options }: ReadOptions & { readonly name: string; readonly description: string },
): Target {
  checkLayerCount(image, options.limits, pieces.at)
  return {
    kind: image.kind,
    description,
    identity: image.digest === undefined ? undefined : { name, digest: image.digest },
    read: (selector) => readStored(pieces, image, { name, selector, ...options }),
    [Symbol.asyncDispose]: () => pieces[Symbol.asyncDispose](),
  }
}

async function readStored(
  pieces: StoredPieces,
  image: ResolvedImage,
  { name, ...options }: ReadOptions & { readonly name: string; readonly selector: Selector },
): Promise<TargetContents> {
  const blobs = await storedBlobs(pieces, image)
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const count = counter(blobs, options)
  const kept = new KeptContent(options.limits.keptImageBytes)
  let layersRead = 0
  await mapConcurrently(blobs, width, async ({ path, position }) => {
    try {
      const blob = await layerBlob(pieces, path, { image, count })
      kept.add(position, await options.readLayer(blob, { ...options, signal }))
      layersRead += 1
      options.progress(layersStep(layersRead, blobs.length))
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  const contents = new Map(blobs.map(({ path, position }) => [path, kept.get(position, layerName(image, path))]))
  return assembleImage(image, { name, kind: image.kind }, ({ path }) => contents.get(path) ?? never(path))
}

interface StoredBlob {
  readonly path: string
  readonly size: number
  /** Index of the first layer that it is. */
  readonly position: number
}

/** Each blob once, the largest first: what is read last should not keep one processor busy alone. */
async function storedBlobs(pieces: StoredPieces, { pieces: layers }: ResolvedImage): Promise<StoredBlob[]> {
  const blobs = new Map<string, StoredBlob>()
  for (const [position, { path, isElsewhere }] of layers.entries()) {
    if (!isElsewhere && !blobs.has(path)) blobs.set(path, { path, size: (await pieces.size(path)) ?? 0, position })
  }
  return [...blobs.values()].toSorted((one, other) => other.size - one.size)
}

/** How far a reader of layers has come. */
export function layersStep(done: number, total?: number): Progress {
  return { task: 'layers read', done, total, unit: 'items', finished: done === total }
}

function counter(blobs: readonly StoredBlob[], { progress }: ReadOptions): (bytes: number) => void {
  const total = blobs.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  return (bytes) => {
    done += bytes
    progress({ task: 'reading', done, total, unit: 'bytes', finished: done >= total })
  }
}

async function layerBlob(
  pieces: StoredPieces,
  path: string,
  { image, count }: { readonly image: ResolvedImage; readonly count: (bytes: number) => void },
): Promise<LayerBlob> {
  const plain = await pieces.plain?.(path)
  return {
    name: layerName(image, path),
    digest: promisedDigest(path),
    diffId: image.layers.find(({ index }) => image.pieces[index]?.path === path)?.diffId,
    read: (consume) => readPromised(pieces, path, { blob: counted(pieces.blob(path), count), read: consume }),
    plain: plain && countedArchive(plain, count),
  }
}

/** Counts how far the reading has come, with what was passed over. */
function countedArchive(archive: PlainArchive, count: (bytes: number) => void): PlainArchive {
  let done = 0
  return {
    ...archive,
    async read(buffer, position) {
      const bytes = await archive.read(buffer, position)
      count(position + bytes - done)
      done = position + bytes
      return bytes
    },
  }
}

async function* counted(blob: AsyncIterable<Uint8Array>, count: (bytes: number) => void) {
  for await (const chunk of blob) {
    count(chunk.byteLength)
    yield chunk
  }
}

function never(path: string): never {
  throw new Error(`layer was not read: ${path}`)
}
