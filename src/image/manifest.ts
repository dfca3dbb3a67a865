import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { jsonValue, parseValue } from '#kit/json.ts'
import type { Layer } from '#model/image.ts'
import { baseName, countBaseLayers } from './base-image.ts'

/** What a digest of ours looks like; anything else is refused before it becomes part of a path or a URL. */
export const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

const Digest = z.string().regex(digestPattern, 'is not a sha256 or sha512 digest')
const Size = z.number().int().nonnegative()
const optionalText = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === '' ? undefined : text))
const Annotations = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((annotations) => annotations ?? {})

const DescriptorPlatform = z
  .object({ os: optionalText, architecture: optionalText, variant: optionalText })
  .nullish()
  .transform((platform) => platform ?? undefined)

export const Descriptor = z.object({
  mediaType: optionalText,
  artifactType: optionalText,
  digest: Digest,
  size: Size,
  platform: DescriptorPlatform,
  annotations: Annotations,
})
export type Descriptor = z.infer<typeof Descriptor>

export const ImageIndex = z.object({ manifests: listOf(Descriptor) })
export type ImageIndex = z.infer<typeof ImageIndex>

export const ImageManifest = z.object({
  artifactType: optionalText,
  config: Descriptor,
  layers: listOf(Descriptor),
  annotations: Annotations,
})
export type ImageManifest = z.infer<typeof ImageManifest>

const History = z.object({
  created_by: optionalText,
  /** Where an import tells what it was; builders put their own name here. */
  comment: optionalText,
  empty_layer: z
    .boolean()
    .nullish()
    .transform((isEmpty) => isEmpty === true),
})

export const ImageConfig = z.object({
  os: optionalText,
  architecture: optionalText,
  variant: optionalText,
  rootfs: z.object({ diff_ids: listOf(Digest) }),
  history: listOf(History).catch([]),
  config: z
    .object({ Labels: Annotations.catch({}) })
    .nullish()
    .catch(undefined),
})
export type ImageConfig = z.infer<typeof ImageConfig>

export type ManifestDocument =
  | { readonly kind: 'index'; readonly index: ImageIndex }
  | { readonly kind: 'image'; readonly manifest: ImageManifest }

const indexMediaTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
])
const imageMediaTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
])
const configMediaTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  'application/octet-stream',
])

const Kinds = z.object({
  schemaVersion: z.number().nullish(),
  mediaType: optionalText,
  manifests: z.unknown().optional(),
  config: z.unknown().optional(),
  layers: z.unknown().optional(),
  fsLayers: z.unknown().optional(),
})

/**
 * Reads an index (OCI or Docker manifest list) or an image manifest (OCI or Docker v2 schema 2). A document
 * that could be taken for both is refused, as the OCI image specification asks.
 */
export function parseManifest(text: string, at: string): ManifestDocument {
  const value = jsonValue(text, at)
  const kinds = parseValue(Kinds, value, at)
  refuseSchema1(kinds, at)
  const isIndex = kinds.manifests !== undefined
  const isImage = kinds.config !== undefined || kinds.layers !== undefined
  if (isIndex && isImage) throw new Problem('malformed', 'this is an index and an image manifest at once', { at })
  if (!isIndex && !isImage) throw new Problem('malformed', 'this is neither an index nor an image manifest', { at })
  const contradicted = isIndex ? imageMediaTypes : indexMediaTypes
  if (kinds.mediaType !== undefined && contradicted.has(kinds.mediaType)) {
    throw new Problem('malformed', `mediaType says ${kinds.mediaType}, but the fields do not`, { at })
  }
  if (isIndex) return { kind: 'index', index: parseValue(ImageIndex, value, at) }
  return { kind: 'image', manifest: parseValue(ImageManifest, value, at) }
}

/** Why this manifest holds something else than a container image: an attestation, a signature, a chart. */
export function whyNotImage(manifest: ImageManifest): string | undefined {
  const { config, layers, artifactType } = manifest
  if (config.mediaType !== undefined && !configMediaTypes.has(config.mediaType)) {
    return `an artifact of type ${artifactType ?? config.mediaType}`
  }
  const others = layers.map(({ mediaType }) => mediaType ?? '').filter((type) => type.endsWith('+json'))
  return others.length > 0 && others.length === layers.length ? `an artifact of type ${others[0]}` : undefined
}

/** What of a manifest layers are made of. */
interface LayerList {
  /** In the order of the manifest, without digest and size where the format has none. */
  readonly layers: readonly { readonly digest?: string | undefined; readonly size?: number | undefined }[]
  readonly annotations?: ImageManifest['annotations']
}

/**
 * The layers of an image, bottom first. A history that does not fit costs what it would tell only: `createdBy`, and
 * which layers are those of the base image.
 */
export function layersOf(config: ImageConfig, { layers: blobs, annotations = {} }: LayerList, at: string): Layer[] {
  const diffIds = config.rootfs.diff_ids
  if (diffIds.length !== blobs.length) {
    const counts = `${blobs.length} layers in the manifest, ${diffIds.length} diff_ids in the configuration`
    throw new Problem('malformed', counts, { at })
  }
  const steps = config.history.filter((step) => !step.empty_layer)
  const isFitting = steps.length === diffIds.length
  const base = isFitting ? countBaseLayers(config.history) : undefined
  const baseImage = baseName(annotations, config.config?.Labels ?? {})
  return diffIds.map((diffId, index) => ({
    index,
    diffId,
    digest: blobs[index]?.digest,
    size: blobs[index]?.size,
    createdBy: isFitting ? (steps[index]?.created_by ?? steps[index]?.comment)?.trim() : undefined,
    ...(base !== undefined && originOf(index < base, baseImage)),
  }))
}

function originOf(isBase: boolean, baseImage: string | undefined): Pick<Layer, 'origin' | 'baseImage'> {
  if (!isBase) return { origin: 'application' }
  return { origin: 'base', ...(baseImage !== undefined && { baseImage }) }
}

/** Go writes an empty list as `null`. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? [])
}

function refuseSchema1({ schemaVersion, mediaType, fsLayers }: z.infer<typeof Kinds>, at: string): void {
  const isSchema1 = schemaVersion === 1 || fsLayers !== undefined || mediaType?.includes('manifest.v1+') === true
  if (!isSchema1 || mediaType?.startsWith('application/vnd.oci.') === true) return
  throw new Problem('malformed', 'this is a Docker schema 1 manifest, a format withdrawn in 2019', {
    at,
    hint: 'Push the image again with a current tool, or convert it: skopeo copy --format v2s2.',
  })
}
