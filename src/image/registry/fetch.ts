import { download } from '#kit/download.ts'
import { Problem } from '#kit/errors.ts'
import { isTransient, type RequestOptions } from '#kit/http.ts'
import type { HttpResponse } from '#kit/http-exchange.ts'
import { readAll } from '#kit/limits.ts'
import { digestOf } from '../image-pieces.ts'
import type { Descriptor } from '../manifest.ts'
import { requireDigest } from './checked-blob.ts'
import type { Connection } from './connection.ts'

export interface ManifestBytes {
  readonly bytes: Buffer
  /** Computed here, whatever the registry says. */
  readonly digest: string
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
const attempts = 3

/** Fetches a manifest by tag, or by digest and then checked against it. */
export async function fetchManifest(
  connection: Connection,
  wanted: { readonly tag: string } | { readonly digest: string; readonly size?: number },
  limitBytes: number,
): Promise<ManifestBytes> {
  const { domain } = connection.reference
  const name = 'digest' in wanted ? wanted.digest : wanted.tag
  const { bytes, response } = await persistently(() => manifestOnce(connection, name, limitBytes))
  if ('digest' in wanted) {
    requireDigest(bytes, wanted, domain)
    return { bytes, digest: wanted.digest }
  }
  const told = response.headers['docker-content-digest']
  if (told !== undefined && /^sha(?:256|512):/.test(told)) requireDigest(bytes, { digest: told }, domain)
  return { bytes, digest: digestOf(bytes) }
}

async function manifestOnce(
  connection: Connection,
  name: string,
  limitBytes: number,
): Promise<{ bytes: Buffer; response: HttpResponse }> {
  using response = await connection.send(connection.address('manifests', name), {
    ...connection.http,
    maxBodyBytes: limitBytes,
    headers: { accept: manifestTypes.join(', ') },
  })
  if (response.status !== 200) throw await connection.refused(response)
  return { bytes: await readAll(response.body, limitBytes, response.url), response }
}

async function persistently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === attempts || !isTransient(error)) throw error
    }
  }
}

/** Streams a blob, not yet checked. A Problem with the cause `MissingBlob` means that the registry has none. */
export function fetchBlob(
  connection: Connection,
  { digest }: Pick<Descriptor, 'digest'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  async function send(address: string | URL, options: RequestOptions): Promise<HttpResponse> {
    const response = await connection.send(address, options)
    if ([200, 206, 416].includes(response.status)) return response
    response[Symbol.dispose]()
    throw response.status === 404 ? missing(connection, digest) : await connection.refused(response)
  }
  return download(connection.address('blobs', digest), { ...connection.http, signal, send, isImmutable: true })
}

/**
 * Fetches a part of a blob, which nothing here can check; `undefined` when the registry gives no parts. Every address is
 * asked anew, as those that a registry redirects to expire.
 */
export function fetchBlobPart(
  connection: Connection,
  { digest, start, end }: { readonly digest: string; readonly start: number; readonly end: number },
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  return persistently(async () => {
    using response = await connection.send(connection.address('blobs', digest), {
      ...connection.http,
      signal,
      maxBodyBytes: end - start,
      headers: { range: `bytes=${start}-${end - 1}` },
    })
    if (response.status === 200 || response.status === 416) return undefined
    if (response.status !== 206) throw await connection.refused(response)
    const { 'content-range': range = '' } = response.headers
    if (!range.startsWith(`bytes ${start}-${end - 1}/`)) return undefined
    return await readAll(response.body, end - start, response.url)
  })
}

/** The cause of the Problem about a blob that the registry does not have. */
export class MissingBlob extends Error {
  override readonly name = 'MissingBlob'
}

function missing({ reference: { domain } }: Connection, digest: string): Problem {
  return new Problem('target_unreachable', `${domain} does not have the blob ${digest}`, {
    at: digest,
    hint: 'The image in the registry is incomplete; push it again.',
    cause: new MissingBlob(digest),
  })
}
