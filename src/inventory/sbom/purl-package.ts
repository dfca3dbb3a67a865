import { type Ecosystem, ecosystems, isEcosystem } from '#model/ecosystem.ts'
import type { Package } from '#model/package.ts'
import type { Purl } from '#model/purl.ts'

/** What a package URL says of a package. */
type Named = Pick<Package, 'name' | 'version' | 'ecosystem' | 'source' | 'architecture' | 'module'>

/** `undefined` for a type that we know no ecosystem of. Names and versions that differ only in spelling are taken from beside the URL. */
export function packageOfPurl(
  purl: Purl,
  beside: { readonly name: string; readonly version: string | undefined },
): (Omit<Named, 'version'> & { readonly version: string | undefined }) | undefined {
  const ecosystem = ecosystemOf(purl.type)
  if (ecosystem === undefined) return undefined
  const name = chosen(nameOf(ecosystem, purl), beside.name, foldedName)
  const plain = purl.version === undefined ? undefined : withEpoch(purl.version, purl.qualifiers?.['epoch'])
  const version = plain === undefined ? beside.version : chosen(plain, beside.version ?? plain, foldedVersion)
  return {
    name,
    version,
    ecosystem,
    source: version === undefined ? undefined : sourceOf(purl, ecosystem, { name, version }),
    architecture: systems.has(ecosystem) ? purl.qualifiers?.['arch'] : undefined,
    module: moduleOf(purl.qualifiers?.['rpmmod'] ?? purl.qualifiers?.['modularitylabel']),
  }
}

const byPurlType: ReadonlyMap<string, Ecosystem> = new Map(
  Object.entries(ecosystems).flatMap(([id, { purlType }]) => (isEcosystem(id) ? [[purlType, id] as const] : [])),
)

function ecosystemOf(purlType: string): Ecosystem | undefined {
  return byPurlType.get(purlType)
}

const systems: ReadonlySet<Ecosystem> = new Set(['deb', 'apk', 'rpm', 'alpm', 'opkg', 'portage', 'conda'])

/** Ecosystems whose namespace is part of the name; elsewhere it is who distributes the package. */
const separators: Readonly<Partial<Record<Ecosystem, string>>> = {
  maven: ':',
  npm: '/',
  deno: '/',
  composer: '/',
  golang: '/',
  swift: '/',
  'github-actions': '/',
  terraform: '/',
  generic: '/',
}

function nameOf(ecosystem: Ecosystem, { namespace, name, subpath }: Purl): string {
  const separator = separators[ecosystem]
  const whole = namespace === undefined || separator === undefined ? name : `${namespace}${separator}${name}`
  return ecosystem === 'cocoapods' && subpath !== undefined ? `${whole}/${subpath}` : whole
}

/** The same in another spelling: the URL lowers letters that the ecosystem keeps. */
function chosen(ofPurl: string, beside: string, fold: (text: string) => string): string {
  return fold(ofPurl) === fold(beside) ? beside : ofPurl
}

function foldedName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]/g, '-')
}

function foldedVersion(version: string): string {
  return version.toLowerCase().replace(/^v(?=\d)/, '')
}

function withEpoch(version: string, epoch: string | undefined): string {
  const isNeeded = epoch !== undefined && /^[1-9]\d{0,9}$/.test(epoch) && !version.includes(':')
  return isNeeded ? `${epoch}:${version}` : version
}

interface NameAndVersion {
  readonly name: string
  readonly version: string
}

/** What we, Syft and Trivy write: `upstream=name`, `upstream=name@version`, or the file name of a source rpm. */
function sourceOf(purl: Purl, ecosystem: Ecosystem, own: NameAndVersion): NameAndVersion | undefined {
  const upstream = purl.qualifiers?.['upstream']
  if (!/^(?:deb|apk|rpm)$/.test(ecosystem)) return undefined
  if (upstream === undefined) return ecosystem === 'rpm' ? undefined : own
  if (ecosystem === 'rpm') return sourceRpm(upstream, purl.qualifiers?.['epoch'])
  const at = upstream.lastIndexOf('@')
  return at < 1
    ? { name: upstream, version: own.version }
    : { name: upstream.slice(0, at), version: upstream.slice(at + 1) }
}

/** `openssl-3.0.7-27.el9.src.rpm`: name, version and release have no dashes between them but these two. */
function sourceRpm(file: string, epoch: string | undefined): NameAndVersion | undefined {
  const [, name, version, release] = /^(.{1,400})-([^-]{1,200})-([^-]{1,200})\.(?:no)?src\.rpm$/.exec(file) ?? []
  if (name === undefined || version === undefined || release === undefined) return undefined
  return { name, version: withEpoch(`${version}-${release}`, epoch) }
}

/** `nginx:1.22:9030020240415:9` is the stream `nginx:1.22`. */
function moduleOf(label: string | undefined): string | undefined {
  return label === undefined ? undefined : /^[^:]{1,200}:[^:]{1,200}/.exec(label)?.[0]
}
