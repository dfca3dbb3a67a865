import { Problem } from '#kit/errors.ts'
import { digestPattern } from './manifest.ts'

/** The name of an image in a registry, as the distribution project's reference grammar has it, fully spelled out. */
export interface Reference {
  /** Host with an optional port, as users write it: `docker.io`, `localhost:5000`. */
  readonly domain: string
  /** Repository: `library/alpine`. */
  readonly path: string
  readonly tag?: string | undefined
  readonly digest?: string | undefined
}

const longestReference = 1024
const longestPath = 255
const defaultDomain = 'docker.io'
const legacyDomain = 'index.docker.io'
const defaultTag = 'latest'

const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const domainPattern = new RegExp(
  `^(?:${label}(?:\\.${label}){0,126}|\\[[a-fA-F0-9:]{2,45}\\])(?::(?<port>[0-9]{1,5}))?$`,
)
const pathPattern = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/
const tagPattern = /^\w[\w.-]{0,127}$/

/**
 * Reads what users write after `docker pull`: `alpine`, `ghcr.io/a/b:1.2`, `localhost:5000/x@sha256:…`.
 * Without tag and digest it means `latest`. Throws `usage`.
 */
export function parseReference(text: string): Reference {
  if (text.length > longestReference) throw unusable(text.slice(0, 64), 'it is too long')
  if (/^[a-f0-9]{64}$/.test(text)) throw unusable(text, 'it is the identifier of a local image, not a name')
  const { name, tag, digest } = parts(text)
  const { domain, path } = placed(name)
  const fault = faultOfName(domain, path) ?? faultOfVersion(tag, digest)
  if (fault !== undefined) throw unusable(text, fault)
  if (digest === undefined) return { domain, path, tag: tag ?? defaultTag }
  return tag === undefined ? { domain, path, digest } : { domain, path, tag, digest }
}

/** `familiar` is the shortest form that means the same, `full` names everything. */
export function formatReference(reference: Reference, form: 'familiar' | 'full'): string {
  const { tag, digest } = reference
  const suffix = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
  return `${form === 'full' ? `${reference.domain}/${reference.path}` : familiarName(reference)}${suffix}`
}

/** Where the registry of a domain answers: Docker Hub's is not at its own name. */
export function registryHost({ domain }: Pick<Reference, 'domain'>): string {
  return domain === defaultDomain ? 'registry-1.docker.io' : domain
}

function parts(text: string): { name: string; tag: string | undefined; digest: string | undefined } {
  const at = text.indexOf('@')
  const named = at < 0 ? text : text.slice(0, at)
  const digest = at < 0 ? undefined : text.slice(at + 1)
  const colon = named.lastIndexOf(':')
  if (colon < 0 || named.includes('/', colon)) return { name: named, tag: undefined, digest }
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), digest }
}

/** A first component is a registry when it has a dot, a port or an upper-case letter, or is `localhost`. */
function placed(name: string): { domain: string; path: string } {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(0, slash))
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  const written = slash < 0 || !isDomain ? defaultDomain : first
  const rest = slash < 0 || !isDomain ? name : name.slice(slash + 1)
  const domain = written === legacyDomain ? defaultDomain : written
  return { domain, path: domain === defaultDomain && !rest.includes('/') ? `library/${rest}` : rest }
}

function faultOfName(domain: string, path: string): string | undefined {
  const host = domainPattern.exec(domain)
  if (host === null || Number(host.groups?.['port'] ?? 0) > 65_535) return 'the registry is not a host name'
  if (path !== path.toLowerCase()) return 'repository names are lower-case'
  if (!pathPattern.test(path)) return 'the repository is not a valid name'
  return path.length > longestPath ? `the repository is longer than ${longestPath} characters` : undefined
}

function faultOfVersion(tag: string | undefined, digest: string | undefined): string | undefined {
  if (tag !== undefined && !tagPattern.test(tag)) return 'the tag is not valid'
  if (digest === undefined || digestPattern.test(digest)) return undefined
  return 'the digest is not sha256: with 64, or sha512: with 128, lower-case hexadecimal digits'
}

function familiarName({ domain, path }: Reference): string {
  const full = `${domain}/${path}`
  if (domain !== defaultDomain) return full
  const candidates = [path.replace(/^library\//, ''), path]
  const isUnderstood = (name: string) => placed(name).domain === domain && placed(name).path === path
  return candidates.find(isUnderstood) ?? full
}

function unusable(text: string, why: string): Problem {
  return new Problem('usage', `${JSON.stringify(text)} is not an image reference: ${why}`, {
    hint: 'Write it as [registry/]repository[:tag][@sha256:digest], for example alpine:3.20 or ghcr.io/owner/image:1.2.',
  })
}
