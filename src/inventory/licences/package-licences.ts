import { parentOf } from '#kit/path.ts'
import type { Package } from '#model/package.ts'
import type { LicenceCategory } from './categories.data.ts'
import { categoryOf, type Denied, isDenied, strictest } from './category.ts'
import { parseExpression } from './expression.ts'
import type { LicenceFile } from './licence-files.ts'
import { normaliseLicence } from './normalise.ts'

/** What is known of the licence of one package. */
export interface PackageLicences {
  readonly purl: string
  readonly name: string
  readonly version: string
  readonly ecosystem: Package['ecosystem']
  /** SPDX expressions and, where that is not certain, names; all of them hold. Empty where nothing tells. */
  readonly licences: readonly string[]
  readonly category: LicenceCategory
  readonly denied: boolean
  /** As the package states it. */
  readonly declared: readonly string[]
  /** Licence files of the package. */
  readonly files: readonly LicenceFile[]
}

/** Licences of packages, from what they state and from the licence files that lie with them. */
export function packageLicences(
  packages: readonly Package[],
  files: readonly LicenceFile[],
  denied: Denied,
): readonly PackageLicences[] {
  const byFolder = Map.groupBy(files, ({ path }) => ownerFolder(path))
  return packages.map((found) => {
    const own = [...new Set(foldersOf(found).flatMap((folder) => byFolder.get(folder) ?? []))]
    const licences = licencesOf(found, own)
    return {
      purl: found.purl,
      name: found.name,
      version: found.version,
      ecosystem: found.ecosystem,
      licences,
      category: licences.length === 0 ? 'unknown' : strictest(licences.map(categoryOf)),
      denied: licences.length === 0 ? denied.has('unknown') : licences.some((licence) => isDenied(licence, denied)),
      declared: found.licences ?? [],
      files: own,
    }
  })
}

/** The files tell only what the statement of the package leaves open: an expression is never overruled. */
function licencesOf({ licences = [], ecosystem }: Package, files: readonly LicenceFile[]): readonly string[] {
  const stated = licences.map((text) => normaliseLicence(text, ecosystem) ?? text)
  const found = files.flatMap((file) => file.licences.map(({ licence }) => licence))
  const isSettled = stated.length > 0 && stated.every(isCertain)
  if (isSettled || found.length === 0) return [...new Set(stated)]
  return [...new Set([...stated.filter(isCertain), ...found])].toSorted()
}

/** A name that forbids is not made harmless by a text that lies beside it. */
function isCertain(licence: string): boolean {
  return parseExpression(licence) !== undefined || categoryOf(licence) === 'proprietary'
}

/** Where the metadata lies, and where distributions put the licences of a package of that name. */
function foldersOf({ name, ecosystem, locations }: Package): readonly string[] {
  if (ecosystem === 'deb') return [`/usr/share/doc/${name}`, `/usr/share/licenses/${name}`]
  if (ecosystem === 'rpm' || ecosystem === 'apk' || ecosystem === 'alpm') return [`/usr/share/licenses/${name}`]
  return ecosystem === 'npm' || ecosystem === 'pypi' ? locations.map(parentOf) : []
}

function ownerFolder(path: string): string {
  return parentOf(path).replace(/(\.dist-info)\/licenses(?:\/.{1,4000})?$/s, '$1')
}
