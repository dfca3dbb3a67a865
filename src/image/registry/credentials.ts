import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { parseJson } from '#kit/json.ts'
import type { Reference } from '../reference.ts'
import { askHelper, type HelperAnswer } from './credential-helper.ts'
import { readSmallFile } from './small-file.ts'

export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** Exchanged for access tokens at the token endpoint. */
  | { readonly kind: 'identity'; readonly token: string }
  /** Sent as it is. */
  | { readonly kind: 'access'; readonly token: string }

export interface Lookup {
  readonly credentials?: Credentials | undefined
  /** Why a place where credentials may be could not be asked. Harmless when the image is public. */
  readonly trouble?: string | undefined
}

type World = Pick<Context, 'env' | 'signal'>

const text = z.string().max(64 * 1024)
const Auth = z.object({
  auth: text.optional(),
  username: text.optional(),
  password: text.optional(),
  identitytoken: text.optional(),
  registrytoken: text.optional(),
})
type Auth = z.infer<typeof Auth>

const AuthFile = z.object({
  auths: z.record(z.string(), z.unknown()).nullish(),
  credsStore: z.string().nullish(),
  credHelpers: z.record(z.string(), z.unknown()).nullish(),
})
type AuthFile = z.infer<typeof AuthFile>

/** What a header field can carry. */
const tokenPattern = /^[\x21-\x7e]{1,65536}$/
const dockerHub = 'https://index.docker.io/v1/'
const dockerHubNames: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])

/** What the configuration of Docker or Podman holds for a repository; the first file with an answer counts. */
export async function findCredentials(reference: Reference, world: World): Promise<Lookup> {
  const troubles: string[] = []
  for (const path of authFiles(world.env)) {
    try {
      const file = await readAuthFile(path)
      const credentials = file === undefined ? undefined : await fromFile(file, reference, { path, world, troubles })
      if (credentials !== undefined) return { credentials }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      troubles.push(`${path}: ${error.message}`)
    }
  }
  return troubles.length === 0 ? {} : { trouble: troubles.join('; ') }
}

function authFiles(env: Context['env']): string[] {
  const home = given(env['HOME']) ?? homedir()
  const chosen = given(env['REGISTRY_AUTH_FILE'])
  if (chosen !== undefined) return [chosen]
  const runtimeDir = given(env['XDG_RUNTIME_DIR'])
  return [
    join(given(env['DOCKER_CONFIG']) ?? join(home, '.docker'), 'config.json'),
    ...(runtimeDir === undefined ? [] : [join(runtimeDir, 'containers/auth.json')]),
    join(given(env['XDG_CONFIG_HOME']) ?? join(home, '.config'), 'containers/auth.json'),
  ]
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  const content = await readSmallFile(path)
  return content === undefined ? undefined : parseJson(AuthFile, content, path)
}

async function fromFile(
  file: AuthFile,
  reference: Reference,
  { path, world, troubles }: { path: string; world: World; troubles: string[] },
): Promise<Credentials | undefined> {
  const names = hostNames(reference)
  const chosen = names.map((name) => file.credHelpers?.[name]).find((helper) => helper !== undefined)
  const helper = typeof chosen === 'string' ? chosen : given(file.credsStore ?? undefined)
  if (helper !== undefined) {
    for (const name of names) {
      const answer = await askHelper(helper, name, world)
      if (answer.kind === 'found') return fromHelper(answer)
      if (answer.kind === 'failed') {
        troubles.push(answer.reason)
        break
      }
    }
  }
  const found = Auth.safeParse(bestEntry(file.auths ?? {}, reference))
  if (found.success) return fromAuth(found.data)
  if (found.error.issues.some(({ path: field }) => field.length > 0)) troubles.push(`${path}: a damaged entry in auths`)
  return undefined
}

/** What configuration files call the registry: Docker Hub has names of its own. */
function hostNames({ domain }: Reference): string[] {
  return dockerHubNames.has(domain) ? [dockerHub, 'docker.io', 'index.docker.io'] : [domain]
}

/** The entry for the longest namespace that holds the repository, then one for the host, then one written as a URL. */
function bestEntry(auths: Readonly<Record<string, unknown>>, { domain, path }: Reference): unknown {
  const isHub = dockerHubNames.has(domain)
  const hosts = isHub ? ['docker.io', 'index.docker.io', 'registry-1.docker.io'] : [domain]
  const parts = path.split('/')
  for (let length = parts.length; length >= 0; length -= 1) {
    for (const host of hosts) {
      const key = [host, ...parts.slice(0, length)].join('/')
      if (Object.hasOwn(auths, key)) return auths[key]
    }
  }
  return Object.entries(auths).find(([key]) => hosts.includes(hostOfKey(key)))?.[1]
}

/** `https://host/v1/` and its like mean the host; a key with another path and no scheme means that namespace only. */
function hostOfKey(key: string): string {
  const match = /^(?<scheme>https?:\/\/)?(?<host>[^/]{1,300})(?<path>\/.{0,300})?$/.exec(key)
  const { scheme, host = '', path = '/' } = match?.groups ?? {}
  return scheme !== undefined || ['/', '/v1', '/v1/', '/v2', '/v2/'].includes(path) ? host : ''
}

function fromHelper({ username, secret }: Extract<HelperAnswer, { kind: 'found' }>): Credentials {
  return username === '<token>' ? { kind: 'identity', token: secret } : { kind: 'password', username, password: secret }
}

function fromAuth({ auth, username, password, identitytoken, registrytoken }: Auth): Credentials | undefined {
  if (identitytoken !== undefined && identitytoken !== '') return { kind: 'identity', token: identitytoken }
  if (registrytoken !== undefined && tokenPattern.test(registrytoken)) return { kind: 'access', token: registrytoken }
  const decoded = Buffer.from(auth ?? '', 'base64')
    .toString()
    .replace(/\0+$/, '')
  const colon = decoded.indexOf(':')
  if (colon > 0) return { kind: 'password', username: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
  const [user, secret] = [given(username), given(password)]
  return user === undefined || secret === undefined ? undefined : { kind: 'password', username: user, password: secret }
}
