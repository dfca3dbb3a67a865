import { Problem } from '#kit/errors.ts'
import type { SubjectKind } from '#model/image.ts'
import type { Unknown } from '#model/package.ts'
import type { LayerContents } from './entry.ts'
import type { LayerPiece, ResolvedImage } from './image-pieces.ts'
import type { ImageLimits } from './limits.ts'
import type { TargetContents } from './target.ts'

const nothing: LayerContents = { entries: [], unknowns: [], bytes: 0 }

/** Puts layers that were read in any order together as the image says. */
export function assembleImage(
  image: ResolvedImage,
  { name, kind }: { readonly name: string; readonly kind: SubjectKind },
  contentsOf: (piece: LayerPiece) => LayerContents,
): TargetContents {
  const unknowns: Unknown[] = [...(image.unknowns ?? [])]
  const read = image.layers.map(({ index, diffId, ...layer }) => {
    const piece = image.pieces[index]
    if (piece === undefined || piece.isElsewhere) {
      unknowns.push({ path: `layer ${index}`, reason: 'its content is kept by its vendor and not part of the image' })
      return { layer: { ...layer, index, diffId: diffId ?? '' }, contents: nothing }
    }
    const contents = contentsOf(piece)
    if (diffId !== undefined && contents.diffId !== undefined && contents.diffId !== diffId) {
      unknowns.push({ path: `layer ${index}`, reason: `content does not match its diff_id ${diffId}` })
    }
    return { layer: { ...layer, index, diffId: diffId ?? contents.diffId ?? '' }, contents }
  })
  const { digest, platform } = image
  const layers = read.map(({ layer }) => layer)
  return { subject: { kind, name, digest, platform, layers }, layers: read.map(({ contents }) => contents), unknowns }
}

export function checkLayerCount(image: ResolvedImage, { layers }: ImageLimits, at: string): void {
  if (image.layers.length <= layers) return
  throw new Problem('limit_exceeded', `${image.layers.length} layers; at most ${layers} are read`, { at })
}

/** What a layer is called in unknowns and errors, by the piece it is read from. */
export function layerName({ pieces }: ResolvedImage, path: string): string {
  return `layer ${pieces.findIndex((piece) => piece.path === path)}`
}
