import { Problem } from '#kit/errors.ts'
import { parseJson } from '#kit/json.ts'
import { readAll } from '#kit/limits.ts'
import type { Layer, Platform } from '#model/image.ts'
import type { ImageLimits } from '../limits.ts'
import { type Descriptor, ImageConfig, type ImageManifest, layersOf, parseManifest, whyNotImage } from '../manifest.ts'
import { chooseImage, platformOf, requirePlatform } from '../platform.ts'
import { formatReference } from '../reference.ts'
import { checkedBlob } from './checked-blob.ts'
import type { Connection } from './connection.ts'
import { fetchBlob, fetchManifest } from './fetch.ts'

/** An image of a registry whose layers are known but not read. */
export interface RemoteImage {
  /** Of the manifest of the one platform that was chosen. */
  readonly digest: string
  readonly platform: Platform | undefined
  readonly layers: readonly Layer[]
  /** One per layer, in the same order. */
  readonly blobs: readonly Descriptor[]
  /** A remark for the user: another platform than this machine's. */
  readonly note: string | undefined
}

interface FoundManifest {
  readonly manifest: ImageManifest
  readonly digest: string
  readonly note: string | undefined
}

/** How many indexes may lead to one another before an image comes. */
const indexDepth = 8

export async function resolveImage(
  connection: Connection,
  { platform: asked, limits }: { readonly platform: Platform | undefined; readonly limits: ImageLimits },
): Promise<RemoteImage> {
  const at = formatReference(connection.reference, 'full')
  const { manifest, digest, note } = await descend(connection, { asked, limits, at })
  const reason = whyNotImage(manifest)
  if (reason !== undefined) throw new Problem('usage', `this is ${reason}, not a container image`, { at })
  if (manifest.layers.length > limits.layers) {
    throw new Problem('limit_exceeded', `${manifest.layers.length} layers; at most ${limits.layers} are read`, { at })
  }
  const config = await fetchConfig(connection, manifest.config, limits)
  const platform = platformOf(config)
  requirePlatform(platform, asked, at)
  return { digest, platform, layers: layersOf(config, manifest, at), blobs: manifest.layers, note }
}

async function descend(
  connection: Connection,
  { asked, limits, at }: { asked: Platform | undefined; limits: ImageLimits; at: string },
): Promise<FoundManifest> {
  const { tag = 'latest', digest } = connection.reference
  const first = digest === undefined ? { tag } : { digest }
  let fetched = await fetchManifest(connection, first, limits.documentBytes)
  let note: string | undefined
  for (let depth = 0; depth < indexDepth; depth += 1) {
    const document = parseManifest(fetched.bytes.toString('utf8'), `${at}: ${fetched.digest}`)
    if (document.kind === 'image') return { manifest: document.manifest, digest: fetched.digest, note }
    const choice = chooseImage(document.index.manifests, asked, at)
    note = choice.note ?? note
    fetched = await fetchManifest(connection, choice.descriptor, limits.documentBytes)
  }
  throw new Problem('malformed', 'the indexes lead to one another too often', { at })
}

async function fetchConfig(connection: Connection, descriptor: Descriptor, limits: ImageLimits): Promise<ImageConfig> {
  const { domain } = connection.reference
  const source = fetchBlob(connection, descriptor, connection.http.signal)
  await using blob = checkedBlob(source, descriptor, domain)
  const bytes = await readAll(blob.chunks, limits.documentBytes, descriptor.digest)
  return parseJson(ImageConfig, bytes.toString('utf8'), `${domain}: ${descriptor.digest}`)
}
