import { Problem } from '#kit/errors.ts'
import { readAll } from '#kit/limits.ts'
import type { Platform } from '#model/image.ts'
import { openArchiveFile } from './archive-file.ts'
import { archiveKind, headBytes } from './archive-head.ts'
import { type ArchiveFormat, resolveArchive } from './archive-image.ts'
import { openRegular, readRange } from './file-range.ts'
import type { Selection } from './image-pieces.ts'
import { inflate } from './inflate.ts'
import { type ReadOptions, storedTarget } from './stored-target.ts'
import { streamedTarget } from './streamed-target.ts'
import type { Target } from './target.ts'

export interface ArchiveOptions extends ReadOptions {
  readonly format: ArchiveFormat
  readonly selection: Selection
  readonly platform: Platform | undefined
  /** What the user calls it, selection included. */
  readonly name: string
}

/** An image in an archive file: read where it lies when it is plain, from front to end when it is compressed. */
export async function openArchive(path: string, options: ArchiveOptions): Promise<Target> {
  const kind = await fileKind(path, options)
  if (kind === undefined) {
    throw new Problem('malformed', 'this is not an image archive: neither tar nor gzip nor zstd', {
      at: path,
      hint: 'Make one with docker save, podman save or skopeo copy.',
    })
  }
  if (kind === 'compressed') {
    return streamedTarget(() => inflatedFile(path, options), {
      ...options,
      at: path,
      description: `${options.name}, a compressed archive`,
    })
  }
  const pieces = await openArchiveFile(path, options)
  try {
    const image = await resolveArchive(pieces, options)
    const format = image.kind === 'docker-archive' ? 'a Docker archive' : 'an OCI archive'
    const note = image.note === undefined ? '' : ` (${image.note})`
    return storedTarget(pieces, image, { ...options, description: `${options.name}, ${format}${note}` })
  } catch (error) {
    await pieces[Symbol.asyncDispose]()
    throw error
  }
}

/** What a file is by its first bytes; `undefined` when it is no archive. */
export async function fileKind(
  path: string,
  { signal }: Pick<ReadOptions, 'signal'>,
): Promise<ReturnType<typeof archiveKind>> {
  const { file, size } = await openRegular(path)
  await using opened = file
  const range = { offset: 0, size: Math.min(size, headBytes) }
  return archiveKind(await readAll(readRange(opened, range, { at: path, signal }), headBytes, path))
}

async function* inflatedFile(path: string, { limits, signal }: ReadOptions): AsyncGenerator<Uint8Array> {
  const { file, size } = await openRegular(path)
  await using opened = file
  yield* inflate(readRange(opened, { offset: 0, size }, { at: path, signal }), { name: path, limits, signal })
}
