import type { Package } from '#model/package.ts'
import { listedPackage } from '../listed-package.ts'

interface Listed extends Pick<Package, 'licences' | 'dependencies'> {
  readonly name: string
  readonly version: string
  /** Where it was published, as R writes it: `CRAN`, `Bioconductor 3.17`, … */
  readonly repository?: string | undefined
}

export function rPackage({ repository, ...listed }: Listed, location: string): Package | undefined {
  const isBioconductor = repository?.startsWith('Bioc') === true
  const qualifiers = { repository_url: isBioconductor ? 'https://bioconductor.org' : undefined }
  return listedPackage({ ...listed, ecosystem: 'cran', purl: { qualifiers } }, location)
}
