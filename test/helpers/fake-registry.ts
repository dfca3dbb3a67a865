/**
 * A registry of the OCI distribution protocol on loopback, for tests: real HTTP or HTTPS, content in memory, and
 * every way of misbehaving that a client must survive. Fill a `RegistryContent` with `addImage` and `addIndex`
 * (or `contentOfLayout`), start it with `startFakeRegistry`, stop it with `await using`.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { readAll } from '#kit/limits.ts'

export interface RegistryContent {
  /** By digest. */
  readonly blobs: Map<string, Buffer>
  /** By tag and by digest. */
  readonly manifests: Map<string, { readonly body: Buffer; readonly mediaType: string }>
}

export interface FakeDescriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string }
}

export type FakeAuth =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** Tokens for anybody, or only for the user or the identity token given. */
  | {
      readonly kind: 'bearer'
      readonly username?: string
      readonly password?: string
      readonly identityToken?: string
      readonly expiresIn?: number
      /** The token service, when it is not the registry itself. */
      readonly realm?: string
    }

export interface Seen {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
  readonly range: string | undefined
  readonly body: string
}

export interface FakeRegistryOptions {
  readonly auth?: FakeAuth
  /** PEM texts; with them it speaks HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Answers a request in place of the registry by returning true. */
  readonly before?: (incoming: IncomingMessage, response: ServerResponse) => boolean
  /** Origin of another server that blobs are redirected to. */
  readonly redirectBlobsTo?: string
  /** Connections that deliver a blob are cut after so many bytes. */
  readonly cutBlobsAfter?: number
  readonly ignoresRange?: boolean
  /** What is sent instead of a part of a blob. */
  readonly alterPart?: (part: Buffer) => Buffer
}

export interface FakeRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`, to be put before a repository. */
  readonly host: string
  readonly origin: string
  readonly content: RegistryContent
  /** Every request so far. */
  readonly seen: readonly Seen[]
  /** Bytes of blobs sent so far. */
  readonly sentBytes: () => number
  /** Makes all tokens given out so far worthless. */
  forgetTokens(): void
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
}

export function emptyContent(): RegistryContent {
  return { blobs: new Map(), manifests: new Map() }
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** A layer with these files, uncompressed. */
export async function tarOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = pack()
  for (const [name, content] of Object.entries(files)) archive.entry({ name, mtime: new Date(0) }, content)
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Adds an image of gzipped layers under a tag and under its digest; the last two options allow lies and other types. */
export function addImage(
  content: RegistryContent,
  {
    tag,
    layers,
    platform = { os: 'linux', architecture: 'amd64' },
    describe = (descriptor) => descriptor,
    config = {},
  }: {
    readonly tag?: string
    readonly layers: readonly Buffer[]
    readonly platform?: FakeDescriptor['platform']
    readonly describe?: (descriptor: FakeDescriptor, index: number) => FakeDescriptor
    readonly config?: Readonly<Record<string, unknown>>
  },
): FakeDescriptor {
  const blobs = layers.map((layer) => addBlob(content, types.layer, gzipSync(layer)))
  const rootfs = { type: 'layers', diff_ids: layers.map(sha256) }
  const configuration = addBlob(content, types.config, json({ ...platform, rootfs, ...config }))
  const body = json({
    schemaVersion: 2,
    mediaType: types.manifest,
    config: configuration,
    layers: blobs.map((blob, index) => describe(blob, index)),
  })
  return { ...addManifest(content, types.manifest, body, tag), ...(platform === undefined ? {} : { platform }) }
}

export function addIndex(
  content: RegistryContent,
  { tag, manifests }: { readonly tag?: string; readonly manifests: readonly FakeDescriptor[] },
): FakeDescriptor {
  return addManifest(content, types.index, json({ schemaVersion: 2, mediaType: types.index, manifests }), tag)
}

export function addManifest(content: RegistryContent, mediaType: string, body: Buffer, tag?: string): FakeDescriptor {
  const digest = sha256(body)
  for (const name of tag === undefined ? [digest] : [digest, tag]) content.manifests.set(name, { body, mediaType })
  return { mediaType, digest, size: body.byteLength }
}

export function addBlob(content: RegistryContent, mediaType: string, bytes: Buffer): FakeDescriptor {
  const digest = sha256(bytes)
  content.blobs.set(digest, bytes)
  return { mediaType, digest, size: bytes.byteLength }
}

/** Everything of an OCI layout directory; tags are its reference names. */
export function contentOfLayout(dir: string): RegistryContent {
  const content = emptyContent()
  const pending: { descriptor: FakeDescriptor & { annotations?: Record<string, string> }; tag?: string }[] = []
  for (const descriptor of JSON.parse(readFileSync(join(dir, 'index.json'), 'utf8')).manifests) {
    pending.push({ descriptor, tag: descriptor.annotations?.['org.opencontainers.image.ref.name'] })
  }
  for (const { descriptor, tag } of pending) {
    const body = readFileSync(join(dir, 'blobs', descriptor.digest.replace(':', '/')))
    addManifest(content, descriptor.mediaType, body, tag)
    const { manifests = [], config, layers = [] } = JSON.parse(body.toString())
    for (const inner of manifests) pending.push({ descriptor: inner })
    for (const { digest } of config === undefined ? [] : [config, ...layers]) {
      content.blobs.set(digest, readFileSync(join(dir, 'blobs', digest.replace(':', '/'))))
    }
  }
  return content
}

export async function startFakeRegistry(
  content: RegistryContent,
  options: FakeRegistryOptions = {},
): Promise<FakeRegistry> {
  const seen: Seen[] = []
  let sentBytes = 0
  const tokens = new Set<string>()
  const server =
    options.tls === undefined
      ? createServer((incoming, response) => void handle(incoming, response))
      : createSecureServer(options.tls, (incoming, response) => void handle(incoming, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const origin = `${options.tls === undefined ? 'http' : 'https'}://${host}`

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readAll(incoming, 1024 ** 2)).toString()
    const { method = '', url = '', headers } = incoming
    const { authorization, range } = headers
    seen.push({ method, url, authorization, range, body })
    if (options.before?.(incoming, response) === true) return
    const { pathname } = new URL(url, origin)
    if (pathname === '/token') giveToken(authorization, body, response)
    else if (!isAuthorised(authorization)) challenge(response)
    else if (pathname === '/v2/') response.end('{}')
    else serve(pathname, range, response)
  }

  function isAuthorised(authorization: string | undefined): boolean {
    const { auth } = options
    if (auth === undefined) return true
    if (auth.kind === 'basic') return authorization === basicField(auth.username, auth.password)
    return tokens.has(authorization?.replace(/^Bearer /, '') ?? '')
  }

  function challenge(response: ServerResponse): void {
    const realm = options.auth?.kind === 'bearer' ? (options.auth.realm ?? `${origin}/token`) : 'fake'
    const scheme = options.auth?.kind === 'bearer' ? 'Bearer' : 'Basic'
    response.writeHead(401, { 'www-authenticate': `${scheme} realm="${realm}",service="fake"` }).end()
  }

  function giveToken(authorization: string | undefined, body: string, response: ServerResponse): void {
    const auth = options.auth?.kind === 'bearer' ? options.auth : undefined
    const identity = new URLSearchParams(body).get('refresh_token') ?? undefined
    const isKnown =
      auth?.username === undefined
        ? auth?.identityToken === identity
        : authorization === basicField(auth.username, auth.password ?? '')
    if (!isKnown) {
      response.writeHead(401).end()
      return
    }
    const token = `token-${seen.length}`
    tokens.add(token)
    response.end(JSON.stringify({ token, expires_in: auth?.expiresIn ?? 300 }))
  }

  function serve(pathname: string, range: string | undefined, response: ServerResponse): void {
    const [, kind = '', name = ''] = /^\/v2\/.+\/(manifests|blobs)\/([^/]+)$/.exec(pathname) ?? []
    const manifest = kind === 'manifests' ? content.manifests.get(name) : undefined
    const blob = kind === 'blobs' ? content.blobs.get(name) : undefined
    if (manifest !== undefined) {
      response
        .writeHead(200, { 'content-type': manifest.mediaType, 'docker-content-digest': sha256(manifest.body) })
        .end(manifest.body)
    } else if (blob === undefined) {
      response.writeHead(404).end(JSON.stringify({ errors: [{ code: 'UNKNOWN' }] }))
    } else if (options.redirectBlobsTo === undefined) {
      sendBlob(blob, range, response)
    } else {
      response.writeHead(307, { location: `${options.redirectBlobsTo}${pathname}` }).end()
    }
  }

  function sendBlob(blob: Buffer, range: string | undefined, response: ServerResponse): void {
    const asked = options.ignoresRange === true ? undefined : rangeOf(range, blob.byteLength)
    const { from, to } = asked ?? { from: 0, to: blob.byteLength }
    const kept = blob.subarray(from, to)
    const { alterPart = (same) => same, cutBlobsAfter = Number.POSITIVE_INFINITY } = options
    const part = asked === undefined ? kept : alterPart(kept)
    sentBytes += part.byteLength
    response.writeHead(asked === undefined ? 200 : 206, {
      'content-length': part.byteLength,
      ...(asked === undefined ? {} : { 'content-range': `bytes ${from}-${to - 1}/${blob.byteLength}` }),
    })
    if (part.byteLength <= cutBlobsAfter) {
      response.end(part)
      return
    }
    response.write(part.subarray(0, cutBlobsAfter), () => setTimeout(() => response.destroy(), 10))
  }

  return {
    host,
    origin,
    content,
    seen,
    sentBytes: () => sentBytes,
    forgetTokens: () => tokens.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function rangeOf(range: string | undefined, size: number): { readonly from: number; readonly to: number } | undefined {
  const [, from, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  if (from === undefined) return undefined
  return { from: Number(from), to: last === '' ? size : Math.min(size, Number(last) + 1) }
}

export function basicField(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
