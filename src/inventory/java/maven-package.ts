import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import { isId } from './pom.ts'

interface MavenParts extends Pick<Package, 'licences' | 'hashes' | 'dependencies'> {
  readonly group: string | undefined
  readonly artifact: string | undefined
  readonly version: string | undefined
}

/** `undefined` when the parts are not such as a Maven repository has. */
export function mavenPackage(
  { group = '', artifact = '', version = '', ...more }: MavenParts,
  location: string,
): Package | undefined {
  if (![group, artifact, version].every(isId)) return undefined
  const purl = formatPurl({ type: 'maven', namespace: group, name: artifact, version })
  const lists = Object.entries(more).filter(([, list]) => list !== undefined && list.length > 0)
  return {
    purl,
    name: `${group}:${artifact}`,
    version,
    ecosystem: 'maven',
    ...Object.fromEntries(lists),
    locations: [location],
  }
}
