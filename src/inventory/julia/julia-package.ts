import type { Package } from '#model/package.ts'
import { listedPackage } from '../listed-package.ts'

interface Listed extends Pick<Package, 'licences' | 'dependencies'> {
  readonly name: string
  readonly version: string
  /** What tells packages of one name apart. */
  readonly uuid: string
}

/** `undefined` when there is no such package: without the id it has no package URL. */
export function juliaPackage({ uuid, ...listed }: Listed, location: string): Package | undefined {
  if (!/^[0-9a-f-]{36}$/i.test(uuid)) return undefined
  const qualifiers = { uuid: uuid.toLowerCase() }
  return listedPackage({ ...listed, ecosystem: 'julia', purl: { qualifiers } }, location)
}
