import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'

type Listed = Pick<Package, 'name' | 'version' | 'licences' | 'hashes' | 'dependencies'>

/** `undefined` when name or version is nothing that an installer of Python packages could have read. */
export function pythonPackage(listed: Listed, location: string): Package | undefined {
  const { name, version, licences, hashes, dependencies } = listed
  if (!isPythonName(name) || !/^[!-~]{1,200}$/.test(version)) return undefined
  return {
    purl: formatPurl({ type: 'pypi', name, version }),
    name,
    version,
    ecosystem: 'pypi',
    licences,
    hashes,
    dependencies,
    locations: [location],
  }
}

/** https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function isPythonName(name: string): boolean {
  return name.length <= 400 && /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name)
}

/** The one spelling of all that mean the same name. */
export function normalizedName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-')
}
