import type { Package } from '#model/package.ts'
import { listedPackage } from '../listed-package.ts'

interface Port extends Pick<Package, 'licences' | 'hashes' | 'dependencies'> {
  readonly name: string
  /** As vcpkg prints it: with `#` and the number of the port's revision, where that is not 0. */
  readonly version: string
  readonly triplet?: string | undefined
}

/** `undefined` when name or version is none of vcpkg's. */
export function vcpkgPackage({ name, version, triplet, ...rest }: Port, location: string): Package | undefined {
  const [, upstream, revision = '0'] = /^([^#]{1,400})(?:#(\d{1,9}))?$/.exec(version) ?? []
  if (upstream === undefined) return undefined
  const qualifiers = { port_version: revision === '0' ? undefined : revision, triplet }
  return listedPackage(
    {
      ...rest,
      name,
      version: revision === '0' ? upstream : version,
      ecosystem: 'vcpkg',
      architecture: triplet,
      purl: { version: upstream, qualifiers },
    },
    location,
  )
}
