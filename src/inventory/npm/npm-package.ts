import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'

type Listed = Pick<Package, 'name' | 'version' | 'licences' | 'hashes' | 'dependencies'>

/** `undefined` when name or version is nothing npm could have installed. */
export function npmPackage(listed: Listed, location: string): Package | undefined {
  const { name, licences, hashes, dependencies } = listed
  const version = /^[=v\s]{0,5}([!-~]{1,256})\s{0,5}$/.exec(listed.version)?.[1]
  if (version === undefined || !isNpmName(name)) return undefined
  const slash = name.startsWith('@') ? name.indexOf('/') : -1
  const namespace = slash === -1 ? undefined : name.slice(0, slash)
  const baseName = name.slice(slash + 1)
  if (baseName === '') return undefined
  return {
    purl: formatPurl({ type: 'npm', namespace, name: baseName, version }),
    name,
    version,
    ecosystem: 'npm',
    licences,
    hashes,
    dependencies,
    locations: [location],
  }
}

export function isNpmName(name: string): boolean {
  return /^[!-~]{1,400}$/.test(name)
}
