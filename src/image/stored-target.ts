import { availableParallelism } from 'node:os'
import { mapConcurrently } from '#kit/concurrency.ts'
import type { Progress } from '#kit/context.ts'
import type { Selector } from './entry.ts'
import { assembleImage, checkLayerCount, layerName } from './image-contents.ts'
import { type ImagePieces, promisedDigest, type ResolvedImage, readPromised } from './image-pieces.ts'
import type { ImageReader } from './image-reader.ts'
import type { LayerBlob, LayerReader } from './layer-reader.ts'
import type { ImageLimits } from './limits.ts'
import type { Target, TargetContents } from './target.ts'

/** Pieces that can be read in any order and as often as wanted. */
export interface StoredPieces extends ImagePieces, AsyncDisposable {
  blob(path: string): AsyncIterable<Uint8Array>
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
    read: (selector) => readStored(pieces, image, { name, selector, ...options }),
    [Symbol.asyncDispose]: () => pieces[Symbol.asyncDispose](),
  }
}

async function readStored(
  pieces: StoredPieces,
  image: ResolvedImage,
  { name, ...options }: ReadOptions & { readonly name: string; readonly selector: Selector },
): Promise<TargetContents> {
  const paths = new Set(image.pieces.filter(({ isElsewhere }) => !isElsewhere).map(({ path }) => path))
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const count = await counter(pieces, [...paths], options)
  let layersRead = 0
  const read = await mapConcurrently([...paths], width, async (path) => {
    try {
      const contents = await options.readLayer(layerBlob(pieces, path, { image, count }), { ...options, signal })
      layersRead += 1
      options.progress(layersStep(layersRead, paths.size))
      return [path, contents] as const
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  const contents = new Map(read)
  return assembleImage(image, { name, kind: image.kind }, ({ path }) => contents.get(path) ?? never(path))
}

/** How far a reader of layers has come. */
export function layersStep(done: number, total?: number): Progress {
  return { task: 'layers read', done, total, unit: 'items', finished: done === total }
}

async function counter(
  pieces: StoredPieces,
  paths: readonly string[],
  { progress }: ReadOptions,
): Promise<(bytes: number) => void> {
  let total = 0
  for (const path of paths) total += (await pieces.size(path)) ?? 0
  let done = 0
  return (bytes) => {
    done += bytes
    progress({ task: 'reading', done, total, unit: 'bytes', finished: done >= total })
  }
}

function layerBlob(
  pieces: StoredPieces,
  path: string,
  { image, count }: { readonly image: ResolvedImage; readonly count: (bytes: number) => void },
): LayerBlob {
  return {
    name: layerName(image, path),
    digest: promisedDigest(path),
    diffId: image.layers.find(({ index }) => image.pieces[index]?.path === path)?.diffId,
    read: (consume) => readPromised(pieces, path, { blob: counted(pieces.blob(path), count), read: consume }),
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
