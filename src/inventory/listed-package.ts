import { ecosystemFacts } from '#model/ecosystem.ts'
import type { Package } from '#model/package.ts'
import { formatPurl, type Purl } from '#model/purl.ts'
import { isWord } from './system-package.ts'

/** What a file says of one package. Empty lists count as absent. */
type Listed = Pick<
  Package,
  'name' | 'version' | 'ecosystem' | 'architecture' | 'licences' | 'hashes' | 'dependencies'
> & {
  /** What the package URL has other than type, name and version of the ecosystem. */
  readonly purl?: Partial<Purl> | undefined
}

/** `undefined` when name or version is not a word of printable characters. */
export function listedPackage(listed: Listed, location: string): Package | undefined {
  const { name, version, ecosystem, architecture, licences = [], hashes = [], dependencies = [] } = listed
  if (!isWord(name) || !isWord(version)) return undefined
  const purl = formatPurl({ type: ecosystemFacts(ecosystem).purlType, name, version, ...listed.purl })
  return {
    purl,
    name,
    version,
    ecosystem,
    architecture,
    licences: licences.length === 0 ? undefined : licences,
    hashes: hashes.length === 0 ? undefined : hashes,
    dependencies: dependencies.length === 0 ? undefined : [...new Set(dependencies)].toSorted(),
    locations: [location],
  }
}
