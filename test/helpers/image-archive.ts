/** Small images for tests, in every form that tools write them. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { pack } from 'tar-stream'

export interface Piece {
  readonly name: string
  readonly content?: string | Buffer
  /** Target of a symbolic link. */
  readonly link?: string
  /** Target of a hard link. */
  readonly hardLink?: string
}

export async function tarOf(pieces: readonly Piece[]): Promise<Buffer> {
  const archive = pack()
  const whole = buffer(archive)
  for (const { name, content, link, hardLink } of pieces) {
    if (link !== undefined) archive.entry({ name, type: 'symlink', linkname: link })
    else if (hardLink !== undefined) archive.entry({ name, type: 'link', linkname: hardLink })
    else archive.entry({ name, mode: 0o644 }, content ?? '')
  }
  archive.finalize()
  return whole
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export interface SampleImage {
  readonly config: Buffer
  /** Uncompressed, bottom first. */
  readonly layers: readonly Buffer[]
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string }
}

/** An image whose layers hold the given files, each list one layer. */
export async function sampleImage(
  layers: readonly (readonly Piece[])[],
  {
    platform = { os: 'linux', architecture: 'amd64' },
    config = {},
  }: { platform?: SampleImage['platform']; config?: object } = {},
): Promise<SampleImage> {
  const tars = await Promise.all(layers.map(tarOf))
  const history = layers.map((_, index) => ({ created_by: `step ${index}` }))
  return {
    layers: tars,
    platform,
    config: json({
      ...platform,
      rootfs: { type: 'layers', diff_ids: tars.map((tar) => `sha256:${sha256(tar)}`) },
      history: [...history, { created_by: 'CMD', empty_layer: true }],
      ...config,
    }),
  }
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

/** As `docker save` wrote it before version 25. */
export function legacyPieces(image: SampleImage, tags: readonly string[] | null = ['sample:1']): Piece[] {
  const id = sha256(image.config)
  const layers = image.layers.map((content, index) => ({ name: `${sha256(`${index}${id}`)}/layer.tar`, content }))
  const manifest = [{ Config: `${id}.json`, RepoTags: tags, Layers: layers.map(({ name }) => name) }]
  return [...layers, { name: `${id}.json`, content: image.config }, { name: 'manifest.json', content: json(manifest) }]
}

export type Packing = 'none' | 'gzip' | 'zstd'

const packers = {
  none: (bytes: Buffer) => bytes,
  gzip: (bytes: Buffer) => gzipSync(bytes),
  zstd: (bytes: Buffer) => zstdCompressSync(bytes),
}

export function packed(bytes: Buffer, packing: Packing): Buffer {
  return packers[packing](bytes)
}

export function blob(content: Buffer): Piece & { readonly content: Buffer } {
  return { name: `blobs/sha256/${sha256(content)}`, content }
}

export function describeBlob({ content }: { readonly content: Buffer }, mediaType: string, more: object = {}): object {
  return { mediaType, digest: `sha256:${sha256(content)}`, size: content.length, ...more }
}

const ociManifest = 'application/vnd.oci.image.manifest.v1+json'
export const ociIndex = 'application/vnd.oci.image.index.v1+json'

const layerTypes = {
  none: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
}

/** The blobs of an image in OCI form, and the descriptor of its manifest. */
export function ociImage(
  image: SampleImage,
  { packing = 'gzip', more = {} }: { readonly packing?: Packing; readonly more?: object } = {},
): { readonly pieces: Piece[]; readonly descriptor: object } {
  const config = blob(image.config)
  const layers = image.layers.map((layer) => blob(packed(layer, packing)))
  const manifest = blob(
    json({
      schemaVersion: 2,
      mediaType: ociManifest,
      config: describeBlob(config, 'application/vnd.oci.image.config.v1+json'),
      layers: layers.map((layer) => describeBlob(layer, layerTypes[packing])),
    }),
  )
  const descriptor = describeBlob(manifest, ociManifest, more)
  return { pieces: [...new Map([...layers, config, manifest].map((one) => [one.name, one])).values()], descriptor }
}

/** An OCI layout around blobs. */
export function layoutPieces(pieces: readonly Piece[], manifests: readonly object[] | null): Piece[] {
  const unique = [...new Map(pieces.map((piece) => [piece.name, piece])).values()]
  return [
    ...unique,
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', content: json({ schemaVersion: 2, mediaType: ociIndex, manifests }) },
  ]
}

export function refName(name: string): object {
  return { annotations: { 'org.opencontainers.image.ref.name': name } }
}

/** As Docker has written since version 25: a layout and manifest.json. */
export function modernPieces(image: SampleImage, tags: readonly string[] = ['sample:1']): Piece[] {
  const { pieces, descriptor } = ociImage(image, {
    packing: 'none',
    more: { annotations: { 'io.containerd.image.name': `docker.io/library/${tags[0]}` } },
  })
  const layers = image.layers.map((layer) => blob(layer).name)
  const manifest = [{ Config: blob(image.config).name, RepoTags: tags, Layers: layers }]
  return [...layoutPieces(pieces, [descriptor]), { name: 'manifest.json', content: json(manifest) }]
}

/** Writes pieces as files. */
export function writePieces(directory: string, pieces: readonly Piece[]): void {
  for (const { name, content } of pieces) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), content ?? '')
  }
}
