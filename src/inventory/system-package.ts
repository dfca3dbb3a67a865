import type { Distribution } from '#model/distribution.ts'
import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import { distroQualifier } from './distribution.ts'

/** Where a package was found. */
export interface Origin {
  /** Absolute path of the database. */
  readonly path: string
  readonly distribution: Distribution | undefined
}

/** A source package. */
export interface Source {
  readonly name: string
  readonly version: string
}

/** What the package database of a distribution says of one package. */
type Listed = Omit<Package, 'purl' | 'locations' | 'ecosystem'> & {
  readonly ecosystem: 'deb' | 'apk' | 'alpm' | 'opkg'
}

/** `undefined` when name or version is not a word of printable characters. */
export function systemPackage(listed: Listed, { path, distribution }: Origin): Package | undefined {
  const { ecosystem, name, version, source, architecture } = listed
  if (!isWord(name) || !isWord(version)) return undefined
  const purl = formatPurl({
    type: ecosystem,
    namespace: distribution?.id ?? (ecosystem === 'alpm' ? 'arch' : undefined),
    name,
    version,
    qualifiers: {
      arch: architecture,
      distro: distroQualifier(distribution),
      upstream: source && upstreamQualifier(source, name, version),
    },
  })
  return { purl, ...listed, locations: [path] }
}

export function isWord(text: string): boolean {
  return /^[!-~]{1,400}$/.test(text)
}

/** Where other tools look for the source: `name` or `name@version`, as far as they differ. */
function upstreamQualifier(source: Source, name: string, version: string): string | undefined {
  if (source.version !== version) return `${source.name}@${source.version}`
  return source.name === name ? undefined : source.name
}
