import type { Package, PackageHash } from '#model/package.ts'
import { listedPackage } from '../listed-package.ts'
import type { OpamItem } from './opam-format.ts'

type Listed = Pick<Package, 'name' | 'version' | 'licences' | 'hashes' | 'dependencies'>

export function opamPackage(listed: Listed, location: string): Package | undefined {
  return listedPackage({ ...listed, ecosystem: 'opam' }, location)
}

/** `name.version`: a name has no dot, a version may have many. */
export function splitIdentifier(text: string): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] = /^([\w+-]{1,200})\.([!-~]{1,200})$/.exec(text) ?? []
  return name === undefined || version === undefined ? undefined : { name, version }
}

/** Whether a dependency is one for tests, documentation or development only. */
export function isForDevelopment({ filter }: OpamItem): boolean {
  return filter.some(({ kind, text }) => kind === 'word' && /^(?:with-(?:test|doc|dev-setup)|dev|post)$/.test(text))
}

const digestLengths = [
  ['md5', 32],
  ['sha256', 64],
  ['sha512', 128],
] as const

/** `sha256=…`; digits alone are of MD5. */
export function hashesOf(checksums: readonly string[]): PackageHash[] {
  return checksums.flatMap((checksum) => {
    const [, kind = 'md5', value = ''] = /^(?:(md5|sha256|sha512)=)?([0-9a-fA-F]{32,128})$/.exec(checksum) ?? []
    return digestLengths.flatMap(([algorithm, length]) =>
      algorithm === kind && value.length === length ? [{ algorithm, value: value.toLowerCase() }] : [],
    )
  })
}
