import type { Distribution } from '#model/distribution.ts'
import { repositoriesPath } from './alpine/branch.ts'

/** Reads a small file, following links inside the root; `undefined` when there is none. */
export type ReadText = (path: string) => string | undefined

/** Files that tell the distribution and its branch. */
export const osReleasePaths: ReadonlySet<string> = new Set([
  'etc/os-release',
  'usr/lib/os-release',
  'etc/alpine-release',
  'etc/debian_version',
  'etc/redhat-release',
  'etc/centos-release',
  'etc/lsb-release',
  repositoriesPath,
])

/** Longer files are cut: real ones have a few hundred bytes. */
export const osReleaseLimitBytes = 64 * 1024

/** os-release(5), then what older and smaller images have instead. `undefined` when nothing tells. */
export function detectDistribution(read: ReadText): Distribution | undefined {
  return fromOsRelease(read) ?? fromOlderFiles(read) ?? fromNamelessOsRelease(read)
}

/** For purls: `debian-12`, `alpine-3.19.1`, `debian-trixie` where there is no number, `wolfi` where there is neither. */
export function distroQualifier(distribution: Distribution | undefined): string | undefined {
  if (distribution === undefined) return undefined
  const { id, versionId, codename } = distribution
  return [id, versionId ?? codename].filter((part) => part !== undefined).join('-')
}

/** The first of the two files that says anything; the system's own goes before the vendor's. */
function osReleaseFields(read: ReadText): ReadonlyMap<string, string> {
  const own = parseAssignments(read('etc/os-release') ?? '')
  return own.size > 0 ? own : parseAssignments(read('usr/lib/os-release') ?? '')
}

function fromOlderFiles(read: ReadText): Distribution | undefined {
  return fromAlpineRelease(read) ?? fromRedHatRelease(read) ?? fromLsbRelease(read) ?? fromDebianVersion(read)
}

/** os-release(5): without an ID it is `linux`. */
function fromNamelessOsRelease(read: ReadText): Distribution | undefined {
  const fields = osReleaseFields(read)
  if (fields.size === 0) return undefined
  const name = fields.get('PRETTY_NAME') ?? fields.get('NAME') ?? 'Linux'
  return { id: 'linux', versionId: fields.get('VERSION_ID'), idLike: [], name }
}

function fromOsRelease(read: ReadText): Distribution | undefined {
  const fields = osReleaseFields(read)
  const id = identifier(fields.get('ID') ?? '')
  if (id === undefined) return undefined
  const versionId = versionOf(id, fields.get('VERSION_ID'), read)
  return {
    id,
    versionId,
    codename: codenameOf(id, fields, read),
    idLike: (fields.get('ID_LIKE') ?? '').split(/\s+/).flatMap((like) => identifier(like) ?? []),
    name:
      fields.get('PRETTY_NAME') ?? [fields.get('NAME') ?? id, versionId].filter((part) => part !== undefined).join(' '),
  }
}

function versionOf(id: string, versionId: string | undefined, read: ReadText): string | undefined {
  if (id === 'alpine') return alpineVersion(versionId ?? firstLine(read('etc/alpine-release')))
  if (versionId === undefined && id === 'debian') return debianMajor(firstLine(read('etc/debian_version')))
  return versionId
}

function codenameOf(id: string, fields: ReadonlyMap<string, string>, read: ReadText): string | undefined {
  const named = fields.get('VERSION_CODENAME') ?? fields.get('UBUNTU_CODENAME')
  const bracketed = /\(([A-Za-z][A-Za-z ]{1,40})\)/.exec(fields.get('VERSION') ?? '')?.[1]
  const testing = id === 'debian' ? debianCodename(firstLine(read('etc/debian_version'))) : undefined
  return (named ?? bracketed ?? testing)?.toLowerCase()
}

function fromAlpineRelease(read: ReadText): Distribution | undefined {
  const versionId = alpineVersion(firstLine(read('etc/alpine-release')))
  if (versionId === undefined) return undefined
  return { id: 'alpine', versionId, idLike: [], name: `Alpine Linux ${versionId}` }
}

/** The development branch calls itself by a version that does not exist yet: `3.20.0_alpha20231219`. */
function alpineVersion(text: string | undefined): string | undefined {
  return text?.includes('_alpha') === true ? 'edge' : text
}

/** What Ubuntu had before os-release; Debian's file there names the Debian it was made from. */
function fromLsbRelease(read: ReadText): Distribution | undefined {
  const fields = parseAssignments(read('etc/lsb-release') ?? '')
  const id = identifier(fields.get('DISTRIB_ID') ?? '')
  if (id === undefined) return undefined
  const versionId = fields.get('DISTRIB_RELEASE')
  const name = fields.get('DISTRIB_DESCRIPTION') ?? [id, versionId].filter((part) => part !== undefined).join(' ')
  return { id, versionId, codename: fields.get('DISTRIB_CODENAME')?.toLowerCase(), idLike: [], name }
}

function fromDebianVersion(read: ReadText): Distribution | undefined {
  const text = firstLine(read('etc/debian_version'))
  const [versionId, codename] = [debianMajor(text), debianCodename(text)]
  if (versionId === undefined && codename === undefined) return undefined
  return { id: 'debian', versionId, codename, idLike: [], name: `Debian GNU/Linux ${text}` }
}

function debianMajor(text: string | undefined): string | undefined {
  return /^(\d{1,4})(?:\.\d{1,4}){0,2}$/.exec(text ?? '')?.[1]
}

/** Testing and unstable both say `trixie/sid`. */
function debianCodename(text: string | undefined): string | undefined {
  return /^([a-z]{2,30})\/sid$/.exec(text ?? '')?.[1]
}

const redHatFamily: readonly (readonly [name: RegExp, id: string])[] = [
  [/^CentOS\b/i, 'centos'],
  [/^Red Hat Enterprise Linux\b/i, 'rhel'],
  [/^AlmaLinux\b/i, 'almalinux'],
  [/^Rocky Linux\b/i, 'rocky'],
  [/^Fedora\b/i, 'fedora'],
  [/^Oracle Linux\b/i, 'ol'],
  [/^Amazon Linux\b/i, 'amzn'],
]

/** `CentOS Linux release 7.9.2009 (Core)`; os-release of the same system would say 7. */
function fromRedHatRelease(read: ReadText): Distribution | undefined {
  const name = firstLine(read('etc/centos-release')) ?? firstLine(read('etc/redhat-release'))
  const id = redHatFamily.find(([pattern]) => pattern.test(name ?? ''))?.[1]
  if (name === undefined || id === undefined) return undefined
  const version = /\brelease (\d{1,4}(?:\.\d{1,4})?)/.exec(name)?.[1]
  const versionId = id === 'centos' ? version?.split('.')[0] : version
  return { id, versionId, codename: /\(([^()]{1,40})\)$/.exec(name)?.[1], idLike: ['rhel', 'fedora'], name }
}

function firstLine(text: string | undefined): string | undefined {
  const line = clean((text ?? '').split('\n', 1)[0] ?? '')
  return line === '' ? undefined : line
}

/** Shell-like assignments as os-release(5) describes them; of two with one name the last holds, empty ones do not count. */
function parseAssignments(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const [, name, raw] = /^\s{0,20}([A-Za-z][A-Za-z0-9_]{0,60})=(.*)$/.exec(line) ?? []
    if (name === undefined || raw === undefined) continue
    const value = clean(unquote(raw.trim()))
    if (value === '') fields.delete(name)
    else fields.set(name, value)
  }
  return fields
}

function unquote(raw: string): string {
  if (raw.startsWith("'")) return raw.slice(1).split("'", 1)[0] ?? ''
  if (raw.startsWith('"')) return unescape(/^"((?:[^"\\]|\\.)*)/.exec(raw)?.[1] ?? '')
  return unescape(raw.replace(/\s+#.*$/, ''))
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1')
}

/** Bounded, and free of what could steer a terminal. */
function clean(text: string): string {
  return text
    .slice(0, 512)
    .replaceAll(/\p{Cc}/gu, '')
    .trim()
}

function identifier(text: string): string | undefined {
  const id = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, '')
    .slice(0, 64)
  return id === '' ? undefined : id
}
