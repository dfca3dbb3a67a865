import { Problem } from '#kit/errors.ts'
import type { Platform } from '#model/image.ts'
import { resolveDockerArchive } from './docker-archive.ts'
import type { ImagePieces, ResolvedImage, Selection } from './image-pieces.ts'
import { hasLayout, resolveLayout } from './oci-layout.ts'

export type ArchiveFormat = 'docker-archive' | 'oci-archive' | 'any'

interface Wanted {
  readonly format: ArchiveFormat
  readonly selection: Selection
  readonly platform: Platform | undefined
}

/**
 * Finds one image in an archive. One that is both, as Docker has written since version 25, is a Docker archive; its
 * OCI index is asked for a platform that manifest.json does not have.
 */
export async function resolveArchive(pieces: ImagePieces, wanted: Wanted): Promise<ResolvedImage> {
  const isDocker = wanted.format !== 'oci-archive' && (await pieces.size('manifest.json')) !== undefined
  const isLayout = wanted.format !== 'docker-archive' && (await hasLayout(pieces))
  if (!isDocker && !isLayout) throw missing(pieces, wanted.format)
  if (!isDocker) return resolveLayout(pieces, 'oci-archive', wanted)
  try {
    return await resolveDockerArchive(pieces, wanted)
  } catch (error) {
    const isElsewhere = error instanceof Problem && error.code === 'usage' && wanted.platform !== undefined
    if (!isElsewhere || !(await hasLayout(pieces))) throw error
    return resolveLayout(pieces, 'docker-archive', wanted)
  }
}

const lacking: Readonly<Record<ArchiveFormat, string>> = {
  'docker-archive': 'no manifest.json',
  'oci-archive': 'no index.json that lists an image',
  any: 'neither manifest.json nor index.json',
}

function missing({ at }: ImagePieces, format: ArchiveFormat): Problem {
  return new Problem('malformed', `this is not an image archive: it has ${lacking[format]}`, {
    at,
    hint: 'Make one with docker save, podman save or skopeo copy.',
  })
}
