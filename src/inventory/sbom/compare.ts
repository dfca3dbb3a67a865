import type { Package } from '#model/package.ts'
import type { SbomDocument } from './document.ts'
import { packagesOf } from './packages.ts'

/** Where a bill of materials and a subject differ. */
export interface SbomDifference {
  /** Listed, and not found. */
  readonly missing: readonly Package[]
  /** Found, and not listed. */
  readonly extra: readonly Package[]
}

/**
 * Holds a document that came with an image against what the image holds. Packages are the same by ecosystem, name and
 * version: qualifiers, places and copies are told in too many ways. Each comes once, by package URL.
 */
export function compareSbom(document: SbomDocument, packages: readonly Package[]): SbomDifference {
  const [listed, found] = [packagesOf(document).packages, packages].map(byIdentity)
  return { missing: without(listed, found), extra: without(found, listed) }
}

type Identified = ReadonlyMap<string, Package>

function byIdentity(packages: readonly Package[]): Identified {
  return new Map(packages.map((one) => [[one.ecosystem, one.name.toLowerCase(), one.version].join('\0'), one]))
}

function without(all: Identified = new Map(), known: Identified = new Map()): Package[] {
  const rest = [...all].filter(([identity]) => !known.has(identity)).map(([, one]) => one)
  return rest.toSorted((a, b) => (a.purl < b.purl ? -1 : 1))
}
