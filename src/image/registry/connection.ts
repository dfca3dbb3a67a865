import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { type Clock, drain, type RequestOptions, refusal, request } from '#kit/http.ts'
import { type HttpResponse, isFailure } from '#kit/http-exchange.ts'
import { isLoopback } from '#kit/proxy.ts'
import { formatReference, type Reference, registryHost } from '../reference.ts'
import { type Access, loginHint, openAccess } from './access.ts'
import { findCredentials, type Lookup } from './credentials.ts'
import { trustedCertificates } from './trust.ts'

export interface ConnectionOptions {
  /** PEM file of a private authority. */
  readonly caFile?: string | undefined
  /** Speak http instead of https. Registries on this machine are asked both ways without it. */
  readonly plainHttp?: boolean | undefined
  readonly timeoutMs?: number | undefined
  readonly clock?: Clock | undefined
  /** Folders of certificates by registry, in place of Docker's and Podman's. */
  readonly certsDirs?: readonly string[] | undefined
}

/** A repository in a registry that answers. */
export interface Connection {
  readonly reference: Reference
  readonly http: RequestOptions
  address(kind: 'manifests' | 'blobs', name: string): URL
  /** Sends a request with what the registry asks for; fits in place of `request`. */
  send(address: string | URL, options: RequestOptions): Promise<HttpResponse>
  /** The Problem that a refusing answer means. */
  refused(response: HttpResponse): Promise<Problem>
}

export async function connect(
  reference: Reference,
  options: ConnectionOptions,
  { env, signal, now }: Pick<Context, 'env' | 'signal' | 'now'>,
): Promise<Connection> {
  const ca = await trustedCertificates(reference.domain, { ...options, env })
  const http: RequestOptions = { env, signal, ca, timeoutMs: options.timeoutMs, clock: options.clock }
  let found: Promise<Lookup> | undefined
  function lookup(): Promise<Lookup> {
    found ??= findCredentials(reference, { env, signal })
    return found
  }
  const { base, challenges } = await ping(registryHost(reference), options, http)
  const access = openAccess({ reference, registry: base, http, now, lookup })
  if (challenges !== undefined) await access.renew(challenges, undefined)
  return {
    reference,
    http,
    address: (kind, name) => new URL(`/v2/${reference.path}/${kind}/${name}`, base),
    send: (address, requestOptions) => sendWith(access, base, { address, requestOptions }),
    refused: async (response) => explain(response, reference, await lookup()),
  }
}

/** Finds out how the registry is spoken to, and what it asks for. Nothing secret is sent. */
async function ping(
  host: string,
  { plainHttp = false }: ConnectionOptions,
  http: RequestOptions,
): Promise<{ base: URL; challenges: string | undefined }> {
  const secure = URL.parse(`https://${host}`)
  const plain = URL.parse(`http://${host}`)
  if (secure === null || plain === null) {
    throw new Problem('usage', `${host} is not the address of a registry`, { hint: 'Check the name of the image.' })
  }
  if (plainHttp) return pingAt(plain, http)
  if (!isLoopback(secure)) return pingAt(secure, http)
  try {
    return await pingAt(secure, { ...http, retries: 0 })
  } catch (error) {
    const isPlain = error instanceof Problem && (isFailure(error.cause, 'not-tls') || isFailure(error.cause, 'lost'))
    if (!isPlain) throw error
    return pingAt(plain, http)
  }
}

async function pingAt(base: URL, http: RequestOptions): Promise<{ base: URL; challenges: string | undefined }> {
  const response = await request(new URL('/v2/', base), http)
  await drain(response)
  const isAsking = response.status === 401 && isFrom(base, response)
  return { base, challenges: isAsking ? response.headers['www-authenticate'] : undefined }
}

async function sendWith(
  access: Access,
  base: URL,
  { address, requestOptions }: { address: string | URL; requestOptions: RequestOptions },
): Promise<HttpResponse> {
  const refused = await access.current()
  const first = await request(address, authorised(requestOptions, refused))
  const challenges = first.headers['www-authenticate']
  if (first.status !== 401 || challenges === undefined || !isFrom(base, first)) return first
  await drain(first)
  await access.renew(challenges, refused)
  return request(address, authorised(requestOptions, await access.current()))
}

function authorised(options: RequestOptions, authorization: string | undefined): RequestOptions {
  return authorization === undefined ? options : { ...options, headers: { ...options.headers, authorization } }
}

/** What another host asks for, after a redirect, is not answered with the registry's credentials. */
function isFrom(base: URL, { url }: HttpResponse): boolean {
  return new URL(url).origin === base.origin
}

function explain(response: HttpResponse, reference: Reference, { credentials, trouble }: Lookup): Problem {
  const { domain } = reference
  const name = formatReference(reference, 'familiar')
  if (response.status === 404) {
    return new Problem('target_unreachable', `${domain} has no image ${name}`, {
      at: response.url,
      hint: `Check the name and the tag. A private image may need signing in: ${loginHint(domain, trouble)}`,
    })
  }
  if (response.status !== 401 && response.status !== 403) return refusal(response)
  const reason = credentials === undefined ? 'without credentials' : 'with the configured credentials'
  return new Problem('not_authorised', `${domain} gives no access to ${name} ${reason} (${response.status})`, {
    at: response.url,
    hint: loginHint(domain, trouble),
  })
}
