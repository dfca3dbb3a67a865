import { posix } from 'node:path'
import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseJson } from '#kit/json.ts'
import type { Platform } from '#model/image.ts'
import {
  digestOf,
  type ImagePieces,
  isSameName,
  type LayerPiece,
  type ResolvedImage,
  readDocument,
  type Selection,
} from './image-pieces.ts'
import { ImageConfig, layersOf } from './manifest.ts'
import { formatPlatform, hostPlatform, platformOf, requirePlatform, runs } from './platform.ts'

const SavedImage = z.object({
  Config: z.string(),
  RepoTags: z.array(z.string()).nullish(),
  Layers: z.array(z.string()).nullish(),
})
type SavedImage = z.infer<typeof SavedImage>

const SavedImages = z.array(SavedImage).nullable()

/** Finds one image in what `docker save` and its imitators write, by its manifest.json. */
export async function resolveDockerArchive(
  pieces: ImagePieces,
  { selection, platform }: { readonly selection: Selection; readonly platform: Platform | undefined },
): Promise<ResolvedImage> {
  const text = (await readDocument(pieces, 'manifest.json')).toString()
  const images = parseJson(SavedImages, text, `${pieces.at}: manifest.json`) ?? []
  const image = selectSaved(images, selection, pieces.at)
  const configPath = await existingPiece(pieces, image.Config)
  const configBytes = await readDocument(pieces, configPath)
  const config = parseJson(ImageConfig, configBytes.toString(), `${pieces.at}: ${configPath}`)
  const offered = platformOf(config)
  requirePlatform(offered, platform, pieces.at)
  const paths = image.Layers ?? []
  return {
    kind: 'docker-archive',
    digest: digestOf(configBytes),
    platform: offered,
    ...savedLayers(config, paths, pieces.at),
    pieces: await layerPieces(pieces, paths),
    note: foreignPlatform(offered, platform),
  }
}

/** Archives are trimmed for tests and demonstrations; what is left of one is still read. */
function savedLayers(
  config: ImageConfig,
  paths: readonly string[],
  at: string,
): Pick<ResolvedImage, 'layers' | 'unknowns'> {
  const diffIds = config.rootfs.diff_ids.length
  if (diffIds === paths.length)
    return {
      layers: layersOf(config, { layers: paths.map(() => ({})) }, at),
    }
  const reason = `layers in manifest.json: ${paths.length}, in the configuration: ${diffIds}; some are missing`
  return {
    layers: paths.map((_, index) => ({ index, diffId: undefined })),
    unknowns: [{ path: 'image', reason }],
  }
}

function foreignPlatform(offered: Platform | undefined, asked: Platform | undefined): string | undefined {
  const isForeign = asked === undefined && offered !== undefined && !runs(hostPlatform(), offered)
  return isForeign ? `${formatPlatform(offered)}, as there is none for ${formatPlatform(hostPlatform())}` : undefined
}

function selectSaved(images: readonly SavedImage[], selection: Selection, at: string): SavedImage {
  const found = matching(images, selection)
  const [image] = found
  if (image === undefined) {
    const [code, message] =
      images.length === 0
        ? (['malformed', 'manifest.json lists no image'] as const)
        : (['usage', `there is no such image; there is ${labelsOf(images)}`] as const)
    throw new Problem(code, message, { at })
  }
  if (new Set(found.map((one) => JSON.stringify([one.Config, one.Layers]))).size === 1) return image
  throw new Problem('usage', `there are several images: ${labelsOf(images)}`, {
    at,
    hint: 'Put the name or the position of one behind the path: PATH:NAME or PATH@0.',
  })
}

function matching(images: readonly SavedImage[], selection: Selection): readonly SavedImage[] {
  if (selection.kind === 'any') return images
  if (selection.kind === 'position') return images.slice(selection.position, selection.position + 1)
  if (selection.kind === 'tag') {
    return images.filter(({ RepoTags }) => RepoTags?.some((tag) => isSameName(tag, selection.tag)))
  }
  const hex = selection.digest.replace(/^sha256:/, '')
  return images.filter(({ Config }) => Config.includes(hex))
}

const labelsShown = 20

function labelsOf(images: readonly SavedImage[]): string {
  const labels = images.map(({ RepoTags }, position) => RepoTags?.[0] ?? `@${position}`)
  const more = labels.length > labelsShown ? [`${labels.length - labelsShown} more`] : []
  return [...labels.slice(0, labelsShown), ...more].join(', ')
}

async function layerPieces(pieces: ImagePieces, paths: readonly string[]): Promise<LayerPiece[]> {
  const found: LayerPiece[] = []
  for (const path of paths) found.push({ path: await existingPiece(pieces, path), isElsewhere: false })
  return found
}

/** A path of manifest.json as the name of a piece; some Windows versions of Docker wrote backslashes. */
async function existingPiece(pieces: ImagePieces, written: string): Promise<string> {
  for (const path of new Set([written, written.replaceAll('\\', '/')])) {
    const clean = posix.normalize(path)
    if (posix.isAbsolute(clean) || clean === '..' || clean.startsWith('../')) {
      throw new Problem('malformed', `manifest.json names a path outside the archive: ${written}`, { at: pieces.at })
    }
    if ((await pieces.size(clean)) !== undefined) return clean
  }
  throw new Problem('malformed', `${written} is missing`, { at: pieces.at })
}
