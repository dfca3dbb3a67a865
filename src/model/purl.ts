import { Problem } from '#kit/errors.ts'
import { purlType } from './purl-types.ts'

/** A package URL (ECMA-427) in its decoded parts. */
export interface Purl {
  readonly type: string
  /** Segments joined by `/`. */
  readonly namespace?: string | undefined
  readonly name: string
  readonly version?: string | undefined
  /** An absent or empty value means that there is no such qualifier. */
  readonly qualifiers?: Readonly<Record<string, string | undefined>> | undefined
  readonly subpath?: string | undefined
}

/** The canonical text of a package URL. Throws `malformed` when the parts cannot make one. */
export function formatPurl(parts: Purl): string {
  const purl = normalized(parts)
  if (purl === undefined) throw new Problem('malformed', `no package URL can be made for “${parts.name}”`)
  const path = [purl.type, ...segments(purl.namespace).map(encode), ...nameSegments(purl).map(encode)].join('/')
  const version = purl.version === undefined ? '' : `@${encode(purl.version)}`
  const qualifiers = Object.entries(purl.qualifiers ?? {}).map(([key, value]) => `${key}=${encode(value ?? '')}`)
  const query = qualifiers.length === 0 ? '' : `?${qualifiers.join('&')}`
  const subpath = purl.subpath === undefined ? '' : `#${segments(purl.subpath).map(encode).join('/')}`
  return `pkg:${path}${version}${query}${subpath}`
}

/** `undefined` when the text is not a package URL. Accepts more than the canonical form and returns canonical parts. */
export function parsePurl(text: string): Purl | undefined {
  try {
    return parsed(text)
  } catch (error) {
    // A percent sign that starts no UTF-8 sequence.
    if (error instanceof URIError) return undefined
    throw error
  }
}

/** ECMA-427 §5.7: the parts are cut off from the right, because a name may contain what separates later parts. */
function parsed(text: string): Purl | undefined {
  const [beforeSubpath, subpath] = cutLast(text, '#')
  const [beforeQualifiers, query] = cutLast(beforeSubpath, '?')
  const located = /^pkg:\/{0,9}([A-Za-z][A-Za-z0-9.-]*)\/(.+)$/is.exec(beforeQualifiers)
  const [type, rest] = [located?.[1], located?.[2]]
  const qualifiers = parseQualifiers(query)
  if (type === undefined || rest === undefined || qualifiers === undefined) return undefined
  const [path, version] = cutVersion(rest.replace(/^\/{1,9}/, ''))
  const [namespace, name] = cutLast(path, '/')
  return normalized({
    type,
    namespace: name === undefined ? undefined : decodeSegments(namespace),
    name: decodeURIComponent(name ?? path),
    version: version === undefined ? undefined : decodeURIComponent(version),
    qualifiers,
    subpath: subpath === undefined ? undefined : decodeSegments(subpath),
  })
}

function cutLast(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.lastIndexOf(separator)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** The last `@` starts the version, unless it starts a segment that is not the last: an npm scope left unencoded. */
function cutVersion(rest: string): [path: string, version: string | undefined] {
  const at = rest.lastIndexOf('@')
  const startsScope = (at === 0 || rest[at - 1] === '/') && rest.includes('/', at)
  return at === -1 || startsScope ? [rest, undefined] : [rest.slice(0, at), rest.slice(at + 1)]
}

/** `undefined` when a key is written twice or not at all. */
function parseQualifiers(query: string | undefined): Record<string, string> | undefined {
  const pairs = (query ?? '')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      return at === -1 ? ([pair, ''] as const) : ([pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))] as const)
    })
  const keys = new Set(pairs.map(([key]) => key.toLowerCase()))
  return keys.size === pairs.length ? Object.fromEntries(pairs) : undefined
}

/** The rules that hold for parts however they came; `undefined` when one is broken. */
function normalized(parts: Purl): Purl | undefined {
  const type = parts.type.toLowerCase()
  const qualifiers = normalizedQualifiers(parts.qualifiers ?? {})
  const rules = purlType(type)
  if (!/^[a-z][a-z0-9.-]*$/.test(type) || qualifiers === undefined) return undefined
  const lower = (part: 'namespace' | 'name' | 'version' | 'subpath', text: string): string =>
    rules.lowerCase?.includes(part) === true ? text.toLowerCase() : text
  const optional = (part: 'namespace' | 'version' | 'subpath', text: string): string | undefined =>
    text === '' ? undefined : lower(part, text)
  const plain: Purl = {
    type,
    namespace: optional('namespace', segments(parts.namespace).join('/')),
    name: lower('name', parts.name),
    version: optional('version', parts.version ?? ''),
    qualifiers,
    subpath: optional('subpath', segments(parts.subpath).filter(isRealSegment).join('/')),
  }
  const purl = rules.normalize?.(plain) ?? plain
  return isAllowed(purl) ? purl : undefined
}

function isAllowed(purl: Purl): boolean {
  const { namespace, name, version, requiredQualifier } = purlType(purl.type)
  const refused =
    purl.name === '' ||
    (namespace === 'required' && purl.namespace === undefined) ||
    (namespace === 'prohibited' && purl.namespace !== undefined) ||
    name?.test(purl.name) === false ||
    (purl.version !== undefined && version?.test(purl.version) === false)
  return !refused && (requiredQualifier === undefined || purl.qualifiers?.[requiredQualifier] !== undefined)
}

function normalizedQualifiers(qualifiers: Readonly<Record<string, string | undefined>>): Purl['qualifiers'] {
  const entries = Object.entries(qualifiers).map(([key, value]) => [key.toLowerCase(), value ?? ''] as const)
  if (!entries.every(([key]) => /^[a-z][a-z0-9._-]*$/.test(key))) return undefined
  const present = entries.filter(([, value]) => value !== '')
  return Object.fromEntries(present.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function segments(path: string | undefined): string[] {
  return (path ?? '').split('/').filter((segment) => segment !== '')
}

/** A git name is a path; every other name is one segment, in which a `/` is encoded. */
function nameSegments({ type, name }: Purl): string[] {
  return type === 'git' ? segments(name) : [name]
}

function isRealSegment(segment: string): boolean {
  return segment !== '.' && segment !== '..'
}

function decodeSegments(path: string): string {
  return segments(path).map(decodeURIComponent).join('/')
}

/** ECMA-427 §5.4: letters, digits, `.`, `-`, `_`, `~` and `:` stand for themselves. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%3A', ':')
    .replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}
