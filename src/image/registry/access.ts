import { z } from 'zod'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { type RequestOptions, refusal, request } from '#kit/http.ts'
import { parseJson } from '#kit/json.ts'
import { readAll } from '#kit/limits.ts'
import type { Reference } from '../reference.ts'
import { type Challenge, parseChallenges } from './challenge.ts'
import type { Credentials, Lookup } from './credentials.ts'

/** What opens one repository of a registry: nothing, a password, or tokens that are renewed as they run out. */
export interface Access {
  /** The Authorization field to send now. */
  current(): Promise<string | undefined>
  /** Answers a 401 whose request carried `refused`. Throws `not_authorised` when there is nothing else to show. */
  renew(challenges: string, refused: string | undefined): Promise<void>
}

export interface AccessOptions {
  readonly reference: Reference
  /** Where the registry itself answers. */
  readonly registry: URL
  readonly http: RequestOptions
  readonly now: Context['now']
  readonly lookup: () => Promise<Lookup>
}

interface Held {
  readonly header: string
  readonly challenges: string
  readonly expiresAt: number
}

const Token = z.object({
  token: z.string().nullish(),
  access_token: z.string().nullish(),
  expires_in: z.number().nullish().catch(undefined),
})

const tokenDocumentBytes = 1024 ** 2
const shortestTokenSeconds = 60
const longestTokenSeconds = 86_400
const earlySeconds = 10

export function openAccess(options: AccessOptions): Access {
  let held: Held | undefined
  let pending: Promise<Held> | undefined

  async function obtain(challenges: string): Promise<void> {
    pending ??= answer(challenges, options)
    try {
      held = await pending
    } finally {
      pending = undefined
    }
  }

  return {
    async current() {
      if (held !== undefined && held.expiresAt <= options.now().getTime()) await obtain(held.challenges)
      return held?.header
    },
    async renew(challenges, refused) {
      const isRenewedMeanwhile = held !== undefined && held.header !== refused
      if (!isRenewedMeanwhile) await obtain(challenges)
    },
  }
}

async function answer(field: string, options: AccessOptions): Promise<Held> {
  const challenges = parseChallenges(field)
  const { credentials, trouble } = await options.lookup()
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'))
  const always = { challenges: field, expiresAt: Number.POSITIVE_INFINITY }
  if (credentials?.kind === 'access') return { ...always, header: `Bearer ${credentials.token}` }
  if (bearer !== undefined) {
    const { token, seconds } = await requestToken(bearer, credentials, options)
    const expiresAt = options.now().getTime() + (seconds - earlySeconds) * 1000
    return { challenges: field, expiresAt, header: `Bearer ${token}` }
  }
  if (challenges.some(({ scheme }) => scheme === 'basic') && credentials?.kind === 'password') {
    return { ...always, header: basic(credentials) }
  }
  const { domain } = options.reference
  throw new Problem('not_authorised', `${domain} asks for credentials, and there are none for it`, {
    at: domain,
    hint: loginHint(domain, trouble),
  })
}

/** The token endpoint of the distribution project: a GET, or a POST where there is an identity token to exchange. */
async function requestToken(
  { parameters }: Challenge,
  credentials: Exclude<Credentials, { kind: 'access' }> | undefined,
  options: AccessOptions,
): Promise<{ token: string; seconds: number }> {
  const realm = realmOf(parameters.get('realm') ?? '', options)
  const service = parameters.get('service')
  const scope = parameters.get('scope') ?? `repository:${options.reference.path}:pull`
  const asked = { ...(service === undefined ? {} : { service }), scope }
  using response =
    credentials?.kind === 'identity'
      ? await exchangeIdentity(realm, { ...asked, refresh_token: credentials.token }, options)
      : await askForToken(realm, asked, { ...options, credentials })
  if (response.status === 401 || response.status === 403) throw await refusedByTokens(credentials, options)
  if (response.status !== 200) throw refusal(response)
  const body = await readAll(response.body, tokenDocumentBytes, response.url)
  const { token, access_token: accessToken, expires_in: seconds } = parseJson(Token, body.toString(), response.url)
  const value = token ?? accessToken ?? ''
  if (!/^[\x21-\x7e]{1,65536}$/.test(value)) {
    throw new Problem('malformed', 'the token service gave no usable token', { at: response.url })
  }
  const lifetime = Math.min(longestTokenSeconds, Math.max(shortestTokenSeconds, seconds ?? shortestTokenSeconds))
  return { token: value, seconds: lifetime }
}

function askForToken(
  realm: URL,
  asked: Readonly<Record<string, string>>,
  options: AccessOptions & { readonly credentials: Extract<Credentials, { kind: 'password' }> | undefined },
) {
  const url = new URL(realm)
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
  const headers = options.credentials === undefined ? {} : { authorization: basic(options.credentials) }
  return request(url, { ...options.http, headers })
}

function exchangeIdentity(realm: URL, asked: Readonly<Record<string, string>>, { http }: AccessOptions) {
  const body = new URLSearchParams({ ...asked, grant_type: 'refresh_token', client_id: 'seawall' })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return request(realm, { ...http, method: 'POST', headers, body: body.toString() })
}

/** Credentials go there: never in clear text, except where the registry itself is spoken to in clear text. */
function realmOf(realm: string, { registry, reference: { domain } }: AccessOptions): URL {
  const url = URL.parse(realm)
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && registry.protocol === 'http:')
  if (url === null || !isAllowed) {
    throw new Problem('not_authorised', `${domain} names a token service that is not an https address`, {
      at: domain,
      hint: 'Credentials are not sent in clear text; check the configuration of the registry.',
    })
  }
  url.username = ''
  url.password = ''
  return url
}

async function refusedByTokens(credentials: Credentials | undefined, options: AccessOptions): Promise<Problem> {
  const { domain } = options.reference
  const { trouble } = await options.lookup()
  const message =
    credentials === undefined
      ? `${domain} gives no access without credentials`
      : `${domain} refused the configured credentials`
  return new Problem('not_authorised', message, { at: domain, hint: loginHint(domain, trouble) })
}

export function loginHint(domain: string, trouble: string | undefined): string {
  const login = `Sign in with: docker login${domain === 'docker.io' ? '' : ` ${domain}`}`
  return trouble === undefined ? `${login}.` : `${login}. Stored credentials could not be read: ${trouble}.`
}

function basic({ username, password }: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
