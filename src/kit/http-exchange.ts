import type { Agent, IncomingMessage } from 'node:http'
import { Problem } from './errors.ts'

/** One request without redirects or retries. */
export interface Call {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly maxBodyBytes: number
  /** PEM certificates trusted beside the usual ones. */
  readonly ca?: string | undefined
  readonly proxy?: string | undefined
}

export interface HttpResponse extends Disposable {
  readonly status: number
  /** Names in lower case; repeated fields joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Where the answer came from, after redirects. Fit for messages: no credentials, no query. */
  readonly url: string
  /** As sent, never decompressed. Read it to its end or dispose the response: it holds a connection. */
  readonly body: AsyncIterable<Uint8Array>
}

type FailureKind =
  /** The same request may succeed now. */
  | 'lost'
  | 'certificate'
  /** The other side does not speak TLS. */
  | 'not-tls'
  | 'other'

/** The cause of a Problem about a connection. Carries no text from outside. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure'
  readonly kind: FailureKind

  constructor(code: string, kind: FailureKind) {
    super(code)
    this.kind = kind
  }
}

const headerLimitBytes = 64 * 1024
/** A sender slower than this is treated as stalled once its patience is used up. */
const slowestBytesPerMs = 1

/** Certificates are checked against the built-in authorities and `ca`; those of the system are asked only if that fails. */
export async function exchange(call: Call): Promise<HttpResponse> {
  try {
    return await converse(call, { withSystemAuthorities: false })
  } catch (error) {
    if (!(error instanceof Problem) || !isFailure(error.cause, 'certificate')) throw error
    return await converse(call, { withSystemAuthorities: true })
  }
}

export function isFailure(error: unknown, kind: FailureKind): boolean {
  return error instanceof ConnectionFailure && error.kind === kind
}

interface Trust {
  readonly withSystemAuthorities: boolean
}

async function converse(call: Call, trust: Trust): Promise<HttpResponse> {
  call.signal.throwIfAborted()
  const isTls = call.url.protocol === 'https:'
  const { request } = isTls ? await import('node:https') : await import('node:http')
  const agent = isTls ? await secureAgent(call, trust) : await plainAgent(call)
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(call.url, {
      method: call.method,
      headers: call.headers,
      agent,
      signal: call.signal,
      maxHeaderSize: headerLimitBytes,
    })
    const timer = setTimeout(() => {
      reject(silent(call))
      outgoing.destroy()
    }, call.timeoutMs)
    outgoing.on('error', (error) => {
      clearTimeout(timer)
      reject(explain(error, call))
    })
    outgoing.on('response', (message) => {
      clearTimeout(timer)
      resolve(message)
    })
    outgoing.end(call.body)
  })
  return responseOf(incoming, call)
}

function responseOf(incoming: IncomingMessage, call: Call): HttpResponse {
  incoming.on('error', () => {}) // reported by whoever reads the body; must not crash when nobody does
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    url: printableUrl(call.url),
    body: bodyOf(incoming, call),
    [Symbol.dispose]: () => {
      incoming.destroy()
    },
  }
}

async function* bodyOf(incoming: IncomingMessage, call: Call): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<unknown> = incoming[Symbol.asyncIterator]()
  let received = 0
  let patienceMs = call.timeoutMs
  try {
    for (;;) {
      const askedAt = performance.now()
      const chunk = await nextChunk(chunks, incoming, { call, patienceMs })
      if (chunk === undefined) return
      received += chunk.byteLength
      if (received > call.maxBodyBytes) throw tooLong(call)
      const earnedMs = chunk.byteLength / slowestBytesPerMs
      patienceMs = Math.min(call.timeoutMs, patienceMs - (performance.now() - askedAt) + earnedMs)
      yield chunk
    }
  } finally {
    incoming.destroy()
  }
}

async function nextChunk(
  chunks: AsyncIterator<unknown>,
  incoming: IncomingMessage,
  { call, patienceMs }: { call: Call; patienceMs: number },
): Promise<Uint8Array | undefined> {
  let isStalled = false
  const timer = setTimeout(
    () => {
      isStalled = true
      incoming.destroy()
    },
    Math.max(1, patienceMs),
  )
  try {
    const { value } = await chunks.next()
    return value instanceof Uint8Array ? value : undefined
  } catch (error) {
    throw isStalled ? stalled(call) : explain(error, call)
  } finally {
    clearTimeout(timer)
  }
}

function silent(call: Call): Problem {
  return new Problem('target_unreachable', `${call.url.host} did not answer within ${call.timeoutMs / 1000} s`, {
    at: printableUrl(call.url),
    hint: 'Check the network and the proxy settings, then try again.',
  })
}

function stalled(call: Call): Problem {
  return new Problem('target_unreachable', `${call.url.host} stopped sending or sends too slowly`, {
    at: printableUrl(call.url),
    hint: 'Try again; check the network if it keeps happening.',
    cause: new ConnectionFailure('STALLED', 'lost'),
  })
}

function tooLong(call: Call): Problem {
  return new Problem('limit_exceeded', `${call.url.host} sent more than ${call.maxBodyBytes} bytes`, {
    at: printableUrl(call.url),
    hint: 'Check that the address is the one you meant.',
  })
}

/** Nothing of the error's own text is kept: it may quote headers, proxies or addresses with credentials. */
function explain(error: unknown, call: Call): unknown {
  if (call.signal.aborted) return call.signal.reason
  const code = codeOf(error)
  const { message, hint, kind = 'other', problem = 'target_unreachable' } = explanationOf(code)
  const cause = new ConnectionFailure(code, kind)
  return new Problem(problem, `${call.url.host} ${message}`, { at: printableUrl(call.url), hint, cause })
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : 'UNKNOWN'
}

interface Explanation {
  readonly message: string
  readonly hint: string
  readonly kind?: FailureKind
  readonly problem?: 'limit_exceeded'
}

function explanationOf(code: string): Explanation {
  const known = explanations[code]
  if (known !== undefined) return known
  if (certificateCode.test(code)) {
    const message = `has a certificate that is not trusted (${code})`
    return { message, hint: 'Give the authority that signed it with --ca FILE.', kind: 'certificate' }
  }
  if (tlsCode.test(code)) {
    const message = `does not speak TLS as expected (${code})`
    return { message, hint: 'Check that the port serves HTTPS.', kind: 'not-tls' }
  }
  if (code.startsWith('HPE_')) {
    return { message: `did not answer with valid HTTP (${code})`, hint: 'Check the address and the port.' }
  }
  return { message: `could not be reached (${code})`, hint: 'Check the network and try again.', kind: 'lost' }
}

const certificateCode = /^(?:CERT_UNTRUSTED|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w{1,60})$/
const tlsCode = /^(?:EPROTO|ERR_SSL_\w{1,60}|ERR_TLS_\w{1,60})$/

const explanations: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: { message: 'is not a known host name', hint: 'Check the spelling and your DNS.' },
  EAI_AGAIN: {
    message: 'could not be looked up: no name server answers',
    hint: 'Check the network and DNS.',
    kind: 'lost',
  },
  ECONNREFUSED: {
    message: 'refused the connection',
    hint: 'Check the port and that the service is running.',
    kind: 'lost',
  },
  ECONNRESET: {
    message: 'closed the connection early',
    hint: 'Try again; check the network if it keeps happening.',
    kind: 'lost',
  },
  CERT_HAS_EXPIRED: {
    message: 'has a certificate that has expired',
    hint: 'Ask its owner for a new one, and check the clock of this machine.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    message: 'has a certificate for another host name',
    hint: 'Use the name that the certificate was made for.',
  },
  ERR_PROXY_TUNNEL: {
    message: 'could not be reached: the proxy refused a tunnel',
    hint: 'Check HTTPS_PROXY, NO_PROXY and the credentials of the proxy.',
  },
  HPE_HEADER_OVERFLOW: {
    message: `sent more than ${headerLimitBytes} bytes of headers`,
    hint: 'Check that the address is the one you meant.',
    problem: 'limit_exceeded',
  },
}

/** For messages: without user, password, query and fragment, any of which may hold a credential. */
export function printableUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}

const agents = new Map<string, Agent>()
const keptAgents = 16

async function plainAgent(call: Call): Promise<Agent> {
  const { Agent } = await import('node:http')
  return kept(`http ${call.proxy ?? ''}`, () => new Agent({ keepAlive: true, ...viaProxy(call) }))
}

async function secureAgent(call: Call, { withSystemAuthorities }: Trust): Promise<Agent> {
  const [{ Agent }, { getCACertificates }] = await Promise.all([import('node:https'), import('node:tls')])
  return kept(`https ${withSystemAuthorities} ${call.proxy ?? ''} ${call.ca ?? ''}`, () => {
    const own = call.ca === undefined ? [] : [call.ca]
    const system = withSystemAuthorities ? getCACertificates('system') : []
    const isPlain = own.length + system.length === 0
    const trust = isPlain ? {} : { ca: [...getCACertificates('default'), ...system, ...own] }
    return new Agent({ keepAlive: true, ...trust, ...viaProxy(call) })
  })
}

function viaProxy({ proxy }: Call): { proxyEnv?: NodeJS.ProcessEnv } {
  return proxy === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } }
}

/** Agents keep connections, so one trust and one proxy always meet the same agent and never another's connections. */
function kept(key: string, make: () => Agent): Agent {
  const known = agents.get(key)
  if (known !== undefined) return known
  const agent = make()
  agents.set(key, agent)
  for (const oldest of agents.keys()) {
    if (agents.size <= keptAgents) break
    agents.delete(oldest)
  }
  return agent
}
