import { Problem } from './errors.ts'
import { exchange, type HttpResponse, isFailure, printableUrl } from './http-exchange.ts'
import { type Environment, proxyFor } from './proxy.ts'

export interface RequestOptions {
  readonly signal: AbortSignal
  /** For HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly env: Environment
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  /** The longest wait for the headers, and how long a body may stall. */
  readonly timeoutMs?: number | undefined
  readonly maxBodyBytes?: number | undefined
  /** PEM certificates trusted beside the usual ones. */
  readonly ca?: string | undefined
  /** Only GET and HEAD are redirected; everything else answers with the redirect itself. */
  readonly maxRedirects?: number | undefined
  /** More attempts after lost connections, 429 and 5xx. GET and HEAD have 3, everything else none. */
  readonly retries?: number | undefined
  readonly clock?: Clock | undefined
}

/** Time and chance, replaceable by tests. */
export interface Clock {
  now(): Date
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** At least 0 and below 1. */
  random(): number
}

interface Hop {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

const longestRetryAfterMs = 60_000
const longestBackOffMs = 8000
const drainBytes = 64 * 1024
const passedToOtherOrigins = new Set([
  'accept',
  'accept-encoding',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'range',
  'user-agent',
])

/**
 * Sends a request, follows redirects and tries again where that can help. Answers with any final status;
 * throws `target_unreachable` when there is no answer. Credentials never follow a redirect to another origin.
 */
export async function request(address: string | URL, options: RequestOptions): Promise<HttpResponse> {
  let hop = firstHop(address, options)
  const limit = options.maxRedirects ?? 5
  for (let redirects = 0; ; redirects += 1) {
    const response = await persist(hop, options)
    const next = redirectOf(response, hop, options)
    if (next === undefined) return response
    await drain(response)
    if (redirects === limit) {
      throw new Problem('target_unreachable', `${hop.url.host} redirected more than ${limit} times`, {
        at: response.url,
        hint: 'Check the address.',
      })
    }
    hop = next
  }
}

/** The Problem that a refusing status means, in words for people. */
export function refusal(response: Pick<HttpResponse, 'status' | 'headers' | 'url'>): Problem {
  const { status, url: at } = response
  const host = new URL(at).host
  if (status === 401 || status === 403 || status === 407) {
    const hint = 'Check the credentials and that they may read this.'
    return new Problem('not_authorised', `${host} refused access (${status})`, { at, hint })
  }
  if (status === 429) {
    const hint = 'Wait and try again, or sign in for a higher limit.'
    return new Problem('target_unreachable', `${host} is limiting requests (429)`, { at, hint })
  }
  const hint = status >= 500 ? 'Try again later.' : 'Check the address.'
  return new Problem('target_unreachable', `${host} answered ${status}`, { at, hint })
}

/** True when the same request may succeed now: the connection was lost, nobody refused. */
export function isTransient(error: unknown): boolean {
  return error instanceof Problem && isFailure(error.cause, 'lost')
}

/** Ends a response whose body is of no interest; a short one is read so that the connection can be used again. */
export async function drain(response: HttpResponse): Promise<void> {
  using held = response
  let size = 0
  try {
    for await (const chunk of held.body) {
      size += chunk.byteLength
      if (size > drainBytes) return
    }
  } catch {
    // nothing of this body was wanted
  }
}

function firstHop(address: string | URL, options: RequestOptions): Hop {
  const url = URL.parse(address.toString())
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Problem('usage', 'this is not an http:// or https:// address', { hint: 'Check the address.' })
  }
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'seawall' }
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value
  if (url.username !== '' || url.password !== '') {
    const user = `${decoded(url.username)}:${decoded(url.password)}`
    headers['authorization'] ??= `Basic ${Buffer.from(user).toString('base64')}`
  }
  return { url: withoutUser(url), headers }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function withoutUser(url: URL): URL {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  bare.hash = ''
  return bare
}

function redirectOf(response: HttpResponse, hop: Hop, options: RequestOptions): Hop | undefined {
  const { location } = response.headers
  const isFollowed = ['GET', 'HEAD'].includes(options.method ?? 'GET')
  if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined || !isFollowed) return undefined
  const target = URL.parse(location, hop.url.href)
  if (target === null || !isSafeStep(hop.url, target)) {
    response[Symbol.dispose]()
    const where = target?.protocol === 'http:' ? 'from https to plain http' : 'to a place that is not http'
    throw new Problem('target_unreachable', `${hop.url.host} redirects ${where}`, {
      at: printableUrl(hop.url),
      hint: 'This is refused because it would give up encryption; check the address.',
    })
  }
  const isSameOrigin = target.origin === hop.url.origin
  const kept = Object.entries(hop.headers).filter(([name]) => isSameOrigin || passedToOtherOrigins.has(name))
  return { url: withoutUser(target), headers: Object.fromEntries(kept) }
}

function isSafeStep(from: URL, to: URL): boolean {
  return to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')
}

async function persist(hop: Hop, options: RequestOptions): Promise<HttpResponse> {
  const method = options.method ?? 'GET'
  const retries = options.retries ?? (method === 'GET' || method === 'HEAD' ? 3 : 0)
  const clock = options.clock ?? realClock
  for (let attempt = 0; ; attempt += 1) {
    const wait = backOff(attempt, clock)
    try {
      const response = await send(hop, options)
      const pause = attempt < retries ? pauseOf(response, wait, clock) : undefined
      if (pause === undefined) return response
      await drain(response)
      await clock.sleep(pause, options.signal)
    } catch (error) {
      options.signal.throwIfAborted()
      if (attempt >= retries || !isTransient(error)) throw error
      await clock.sleep(wait, options.signal)
    }
    options.signal.throwIfAborted()
  }
}

function send({ url, headers }: Hop, options: RequestOptions): Promise<HttpResponse> {
  return exchange({
    url,
    headers,
    method: options.method ?? 'GET',
    body: options.body,
    signal: options.signal,
    timeoutMs: options.timeoutMs ?? 30_000,
    maxBodyBytes: options.maxBodyBytes ?? 64 * 1024 ** 3,
    ca: options.ca,
    proxy: proxyFor(url, options.env),
  })
}

/** Milliseconds before another attempt; undefined when the answer is final or the server asks for too much patience. */
function pauseOf({ status, headers }: HttpResponse, wait: number, clock: Clock): number | undefined {
  if (![429, 500, 502, 503, 504].includes(status)) return undefined
  const asked = headers['retry-after']
  if (asked === undefined || (status !== 429 && status !== 503)) return wait
  const ms = retryAfterMs(asked, clock.now())
  if (ms === undefined) return wait
  return ms > longestRetryAfterMs ? undefined : ms
}

/** RFC 9110 section 10.2.3: seconds, or an HTTP date. */
function retryAfterMs(value: string, now: Date): number | undefined {
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime())
}

function backOff(attempt: number, clock: Clock): number {
  return Math.min(longestBackOffMs, 250 * 2 ** attempt) * (0.5 + clock.random() / 2)
}

const realClock: Clock = {
  now: () => new Date(),
  random: Math.random,
  sleep: async (ms, signal) => {
    const { setTimeout: pause } = await import('node:timers/promises')
    await pause(ms, undefined, { signal })
  },
}
