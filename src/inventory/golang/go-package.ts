import type { Package, PackageHash } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import type { Module } from './modules.ts'

/** The package of a module whose path and version were checked. */
export function goPackage({ path, version }: Module, location: string, hashes?: readonly PackageHash[]): Package {
  const slash = path.lastIndexOf('/')
  const purl = formatPurl({
    type: 'golang',
    namespace: slash === -1 ? undefined : path.slice(0, slash),
    name: path.slice(slash + 1),
    version,
  })
  return { purl, name: path, version, ecosystem: 'golang', hashes, locations: [location] }
}
