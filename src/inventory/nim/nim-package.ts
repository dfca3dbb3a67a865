import type { Package } from '#model/package.ts'
import { listedPackage } from '../listed-package.ts'

interface Listed extends Pick<Package, 'name' | 'version' | 'dependencies'> {
  /** Of the files of the package, as Nimble sums them up. */
  readonly sha1?: string | undefined
}

export function nimPackage({ sha1 = '', ...listed }: Listed, location: string): Package | undefined {
  const value = sha1.toLowerCase()
  const hashes = /^[0-9a-f]{40}$/.test(value) ? [{ algorithm: 'sha1' as const, value }] : []
  return listedPackage({ ...listed, hashes, ecosystem: 'nim' }, location)
}
