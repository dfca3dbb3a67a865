import type { Chunks } from '#kit/limits.ts'
import { readTar } from '#kit/tar/tar.ts'
import type { Platform, SubjectKind } from '#model/image.ts'
import { checkMember, inArchive } from './archive-head.ts'
import type { ArchiveFormat } from './archive-image.ts'
import { resolveArchive } from './archive-image.ts'
import type { Selector } from './entry.ts'
import { assembleImage, checkLayerCount, layerName } from './image-contents.ts'
import type { Selection } from './image-pieces.ts'
import { layersStep, type ReadOptions } from './stored-target.ts'
import { StreamedPieces } from './streamed-pieces.ts'
import type { Target, TargetContents } from './target.ts'

export interface StreamedOptions extends ReadOptions {
  /** What the subject is; `undefined` when only the content shows it. */
  readonly kind?: SubjectKind | undefined
  readonly format: ArchiveFormat
  readonly name: string
  readonly description: string
  /** What errors call the stream. */
  readonly at: string
  readonly selection: Selection
  readonly platform: Platform | undefined
}

/**
 * A target over an archive that can only be read from front to end. What is a layer is analysed as it passes; which
 * of them make the image is known when the manifest has come.
 */
export function streamedTarget(open: () => Chunks, options: StreamedOptions): Target {
  return {
    kind: options.kind ?? (options.format === 'oci-archive' ? 'oci-archive' : 'docker-archive'),
    description: options.description,
    read: (selector) => readStreamed(open(), selector, options),
    async [Symbol.asyncDispose]() {},
  }
}

async function readStreamed(archive: Chunks, selector: Selector, options: StreamedOptions): Promise<TargetContents> {
  const { limits, signal, at, name } = options
  const pieces = new StreamedPieces(at, { selector, limits, signal })
  try {
    for await (const { header, content } of readTar(counted(archive, options.progress), { signal })) {
      checkMember(header, at)
      await pieces.take(header, content)
      if (pieces.layersRead > 0) options.progress(layersStep(pieces.layersRead))
    }
  } catch (error) {
    throw inArchive(error, at)
  }
  options.progress(layersStep(pieces.layersRead, pieces.layersRead))
  const image = await resolveArchive(pieces, options)
  checkLayerCount(image, limits, at)
  const kind = options.kind ?? image.kind
  return assembleImage(image, { name, kind }, ({ path }) => pieces.layer(path, layerName(image, path)))
}

/** How much there is to come is not known. */
export async function* counted(archive: Chunks, progress: ReadOptions['progress']): AsyncGenerator<Uint8Array> {
  let done = 0
  for await (const chunk of archive) {
    done += chunk.byteLength
    progress({ task: 'reading', done, unit: 'bytes' })
    yield chunk
  }
  progress({ task: 'reading', done, unit: 'bytes', finished: true })
}
