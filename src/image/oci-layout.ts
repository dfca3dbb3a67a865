import { Problem } from '#kit/errors.ts'
import { parseJson } from '#kit/json.ts'
import type { Platform } from '#model/image.ts'
import {
  blobPath,
  type ImagePieces,
  isSameName,
  type LayerPiece,
  type ResolvedImage,
  readDocument,
  type Selection,
} from './image-pieces.ts'
import {
  Descriptor,
  ImageConfig,
  type ImageIndex,
  type ImageManifest,
  layersOf,
  parseManifest,
  whyNotImage,
} from './manifest.ts'
import { chooseImage, formatPlatform, mayBeImage, platformOf, requirePlatform } from './platform.ts'

/** How many indexes may lead to one another before an image comes. */
const indexDepth = 8

/** The fuller name first: containerd writes only the tag into the other. */
const nameAnnotations = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'] as const

/** Finds one image among the pieces of an OCI layout, by its index.json. */
export async function resolveLayout(
  pieces: ImagePieces,
  kind: 'oci-archive' | 'oci-layout' | 'docker-archive',
  { selection, platform }: { readonly selection: Selection; readonly platform: Platform | undefined },
): Promise<ResolvedImage> {
  const listed = await readIndex(pieces)
  const offered = await selectNamed(pieces, listed.manifests, selection)
  const found = await descend(pieces, offered, platform)
  const reason = whyNotImage(found.manifest)
  if (reason !== undefined) throw new Problem('usage', `this is ${reason}, not a container image`, { at: pieces.at })
  const { manifest, digest, note } = found
  await requireSize(pieces, manifest.config)
  const config = parseJson(ImageConfig, await documentText(pieces, manifest.config), named(pieces, manifest.config))
  const offeredPlatform = platformOf(config)
  requirePlatform(offeredPlatform, platform, pieces.at)
  return {
    kind,
    digest,
    platform: offeredPlatform,
    layers: layersOf(config, manifest, pieces.at),
    pieces: await Promise.all(manifest.layers.map((layer) => layerPiece(pieces, layer))),
    note,
  }
}

/** Whether index.json lists anything. Docker 25 writes `"manifests": null` for what it keeps in its older store. */
export async function hasLayout(pieces: ImagePieces): Promise<boolean> {
  if ((await pieces.size('index.json')) === undefined) return false
  return (await readIndex(pieces)).manifests.length > 0
}

async function readIndex(pieces: ImagePieces): Promise<ImageIndex> {
  const document = parseManifest((await readDocument(pieces, 'index.json')).toString(), `${pieces.at}: index.json`)
  if (document.kind === 'index') return document.index
  throw new Problem('malformed', 'index.json is not an index', { at: pieces.at })
}

interface FoundManifest {
  readonly manifest: ImageManifest
  readonly digest: string
  readonly note: string | undefined
}

async function descend(
  pieces: ImagePieces,
  offered: readonly Descriptor[],
  platform: Platform | undefined,
): Promise<FoundManifest> {
  const seen = new Set<string>()
  let candidates = offered
  let note: string | undefined
  for (let depth = 0; depth < indexDepth; depth += 1) {
    const choice = chooseImage(await presentOf(pieces, candidates), platform, pieces.at)
    const { descriptor } = choice
    note = choice.note ?? note
    if (seen.has(descriptor.digest)) break
    seen.add(descriptor.digest)
    await requireSize(pieces, descriptor)
    const document = parseManifest(await documentText(pieces, descriptor), named(pieces, descriptor))
    if (document.kind === 'image') return { manifest: document.manifest, digest: descriptor.digest, note }
    candidates = document.index.manifests
  }
  throw new Problem('malformed', 'the indexes lead round in a circle, or too deep', { at: pieces.at })
}

/** An archive made for one platform often keeps the whole index: only what is there can be chosen. */
async function presentOf(pieces: ImagePieces, descriptors: readonly Descriptor[]): Promise<readonly Descriptor[]> {
  const present: Descriptor[] = []
  for (const descriptor of descriptors) {
    if ((await pieces.size(blobPath(descriptor.digest))) !== undefined) present.push(descriptor)
  }
  if (present.length > 0 || descriptors.length === 0) return present
  throw new Problem('malformed', 'the index names images, but none of them is there', {
    at: pieces.at,
    hint: 'Save the image again; the platform wanted may not have been pulled.',
  })
}

async function selectNamed(
  pieces: ImagePieces,
  descriptors: readonly Descriptor[],
  selection: Selection,
): Promise<readonly Descriptor[]> {
  if (selection.kind === 'any') return onlyOne(descriptors.filter(mayBeImage), pieces.at)
  return orElse(await matching(pieces, descriptors, selection), descriptors, pieces.at)
}

async function matching(
  pieces: ImagePieces,
  descriptors: readonly Descriptor[],
  selection: Exclude<Selection, { readonly kind: 'any' }>,
): Promise<readonly Descriptor[]> {
  if (selection.kind === 'position') return descriptors.slice(selection.position, selection.position + 1)
  if (selection.kind === 'digest') return byDigest(pieces, descriptors, selection.digest)
  const exact = descriptors.filter((descriptor) => namesOf(descriptor).includes(selection.tag))
  if (exact.length > 0) return exact
  return descriptors.filter((one) => namesOf(one).some((name) => isSameName(name, selection.tag)))
}

/** A digest may also name what only a nested index lists. */
async function byDigest(pieces: ImagePieces, listed: readonly Descriptor[], digest: string): Promise<Descriptor[]> {
  const found = listed.find((descriptor) => descriptor.digest === digest)
  if (found !== undefined) return [found]
  const size = await pieces.size(blobPath(digest))
  return size === undefined ? [] : [Descriptor.parse({ digest, size })]
}

/** Several descriptors are one image when they differ in their platform only. */
function onlyOne(descriptors: readonly Descriptor[], at: string): readonly Descriptor[] {
  const names = new Set(descriptors.map((descriptor) => namesOf(descriptor)[0]))
  const digests = new Set(descriptors.map(({ digest }) => digest))
  const platforms = new Set(
    descriptors.flatMap(({ platform }) => (platform === undefined ? [] : [JSON.stringify(platform)])),
  )
  if (digests.size <= 1 || (names.size === 1 && platforms.size === digests.size)) return descriptors
  throw new Problem('usage', `there are several images: ${labelsOf(descriptors)}`, {
    at,
    hint: 'Put the name of one behind the path: PATH:NAME or PATH@DIGEST.',
  })
}

function orElse(found: readonly Descriptor[], all: readonly Descriptor[], at: string): readonly Descriptor[] {
  if (found.length > 0) return found
  throw new Problem('usage', `there is no such image; there is ${labelsOf(all)}`, { at })
}

function namesOf({ annotations }: Descriptor): string[] {
  return nameAnnotations.map((key) => annotations[key]).filter((name) => typeof name === 'string')
}

const labelsShown = 20

function labelsOf(descriptors: readonly Descriptor[]): string {
  const labels = descriptors.filter(mayBeImage).map((descriptor) => {
    const platform = descriptor.platform === undefined ? undefined : platformOf(descriptor.platform)
    const name = namesOf(descriptor)[0] ?? descriptor.digest
    return platform === undefined ? name : `${name} (${formatPlatform(platform)})`
  })
  const more = labels.length > labelsShown ? [`${labels.length - labelsShown} more`] : []
  return labels.length === 0 ? 'none' : [...labels.slice(0, labelsShown), ...more].join(', ')
}

async function layerPiece(pieces: ImagePieces, layer: Descriptor): Promise<LayerPiece> {
  const path = blobPath(layer.digest)
  const size = await pieces.size(path)
  const isKeptElsewhere = /foreign|nondistributable/.test(layer.mediaType ?? '')
  if (size === undefined && isKeptElsewhere) return { path, isElsewhere: true }
  await requireSize(pieces, layer)
  return { path, isElsewhere: false }
}

async function requireSize(pieces: ImagePieces, descriptor: Descriptor): Promise<void> {
  const size = await pieces.size(blobPath(descriptor.digest))
  if (size === descriptor.size) return
  const difference = size === undefined ? 'is missing' : `has ${size} bytes, not ${descriptor.size}`
  throw new Problem('malformed', `${blobPath(descriptor.digest)} ${difference}`, { at: pieces.at })
}

async function documentText(pieces: ImagePieces, descriptor: Descriptor): Promise<string> {
  return (await readDocument(pieces, blobPath(descriptor.digest))).toString()
}

function named({ at }: ImagePieces, descriptor: Descriptor): string {
  return `${at}: ${blobPath(descriptor.digest)}`
}
