import type { Layer, LayerOrigin } from './image.ts'
import type { Severity } from './severity.ts'

export const verdicts = [
  'affected-fixed',
  'affected-unfixed',
  'not-affected',
  'under-investigation',
  'unknown',
] as const
export type Verdict = (typeof verdicts)[number]

/** What the vendor says of a fix. `unknown` means that the feed does not say. */
export const fixStates = ['fixed', 'not-fixed', 'will-not-fix', 'deferred', 'end-of-life', 'unknown'] as const
export type FixState = (typeof fixStates)[number]

/** One span of affected versions: `introduced` ≤ v < `fixed`, or ≤ `lastAffected`. Absent ends are open. */
export interface Range {
  readonly introduced?: string | undefined
  readonly fixed?: string | undefined
  readonly lastAffected?: string | undefined
}

/** Something that was looked at on the way to a verdict, and what came of it. */
export interface EvidenceCheck {
  readonly name: 'range' | 'versions' | 'module' | 'architecture' | 'prerelease'
  readonly passed: boolean
  /** Readable as a proof step: `5.36.0-7+deb12u3 < 5.36.0-7+deb12u4`. */
  readonly detail: string
}

/** The way from a package to a verdict. Nothing in it is recomputed by whoever prints it. */
export interface Evidence {
  /** Shard that was asked: `debian-12`, `npm`. */
  readonly namespace: string
  readonly keyKind: 'source' | 'binary'
  /** Name that was looked up. */
  readonly key: string
  /** Version scheme that compared. */
  readonly scheme: string
  /** The version that was compared; a source version where the feed speaks of sources. */
  readonly comparedVersion: string
  /** What the feed says is affected. */
  readonly ranges: readonly Range[]
  /** Identifier of the record inside the feed. */
  readonly record: string
  /** The vendor's own words for its state, shortened to a keyword: `no-dsa`, `postponed`. */
  readonly vendorStatus?: string | undefined
  readonly checks: readonly EvidenceCheck[]
}

export interface Kev {
  /** Calendar dates, `2026-07-22`. */
  readonly dateAdded: string
  readonly dueDate?: string | undefined
  readonly ransomware: boolean
}

export const findingKinds = ['vulnerability', 'end-of-life', 'no-advisories'] as const
export type FindingKind = (typeof findingKinds)[number]

/** Why a finding is kept and not counted: something else answers for it. */
export interface Suppression {
  readonly by: 'ownership'
  readonly reason: string
  /** purl of the package that answers. */
  readonly owner: string
}

export interface Finding {
  /** The name most people know it by: a CVE where there is exactly one, else the feed's own id. */
  readonly id: string
  readonly aliases: readonly string[]
  readonly kind: FindingKind
  readonly verdict: Verdict
  readonly severity: Severity
  /** CVSS base score, 0.0 to 10.0, newest CVSS version that the source gives. */
  readonly score?: number | undefined
  /** purl of the package; absent when the finding is about the whole subject. */
  readonly package?: string | undefined
  /** First location of that package: tells two copies of one package apart. */
  readonly location?: string | undefined
  readonly installedVersion?: string | undefined
  readonly fixedVersion?: string | undefined
  readonly fixState: FixState
  /** Id of the advisory source that was believed. */
  readonly source: string
  /** Calendar date or RFC 3339 instant, as the source gives it. */
  readonly published?: string | undefined
  readonly kev?: Kev | undefined
  readonly evidence?: Evidence | undefined
  /** That brought the package, with the build step; absent for directories. */
  readonly layer?: Pick<Layer, 'diffId' | 'index' | 'createdBy'> | undefined
  /** Of that layer; absent where it is not known. */
  readonly origin?: LayerOrigin | undefined
  readonly suppressed?: Suppression | undefined
}
