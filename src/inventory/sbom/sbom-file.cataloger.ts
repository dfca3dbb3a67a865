import type { Package } from '#model/package.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import type { ListedPackage } from './compose.ts'
import type { SbomContents } from './packages.ts'

/**
 * Bills of materials that whoever built the image left in it. They prove what is listed in them by their own file: where
 * a listed package lay when it was listed may be another machine.
 */
export default defineCataloger({
  id: 'sbom-file',
  version: 1,
  ecosystem: 'several',
  proves: 'installed',
  title: 'SBOM files (CycloneDX, SPDX, Syft)',
  spec: 'https://cyclonedx.org/specification/overview/',
  files: ['**/*.{cdx,spdx,syft}.json', '**/.spdx-*.spdx', '**/bom.json', '**/bom.xml', '**/sbom.json'],
  finds: ['packages', 'sources', 'architectures', 'licences', 'hashes', 'dependencies'],

  async catalog(file) {
    if (packaging.test(file.path)) return []
    const bytes = await file.bytes()
    // These names are used for other things, too.
    if (/(?:^|\/)s?bom\.(?:json|xml)$/.test(file.path) && !isNamedInside(bytes)) return []
    const [{ readSbom }, { packagesOf }] = await Promise.all([import('./read.ts'), import('./packages.ts')])
    const path = `/${file.path}`
    const document = readSbom(bytes, path)
    return found({ incomplete: document.unknowns.length, ...packagesOf({ ...document, unknowns: [] }, path) }, path)
  },
})

/** What is in a package of a package manager speaks of how that package was made. */
const packaging = /(?:^|\/)(?:node_modules|vendor)\//

function isNamedInside(bytes: Buffer): boolean {
  const marks = ['"bomFormat"', '"spdxVersion"', '"@graph"', '"artifactRelationships"', 'cyclonedx.org/schema/bom']
  return marks.some((mark) => bytes.includes(mark))
}

function* found(
  { packages, unknowns, incomplete }: SbomContents & { incomplete: number },
  path: string,
): Generator<Found> {
  for (const listed of packages) yield { package: asPackage(listed, path) }
  for (const { reason } of unknowns) yield { unknown: { path, reason } }
  if (incomplete > 0) yield { unknown: { path, reason: `the SBOM says that it is incomplete: ${incomplete}` } }
}

function asPackage({ layer: _layer, cataloger: _cataloger, ...listed }: ListedPackage, path: string): Package {
  return { ...listed, locations: [path] }
}
