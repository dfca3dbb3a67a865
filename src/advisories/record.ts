import type { FixState, Range } from '#model/finding.ts'
import type { Severity } from '#model/severity.ts'

/** What a feed says of one package in one namespace: the normal form of every source. */
export interface AdvisoryRecord {
  /** Identifier inside the feed: `CVE-2023-1234`, `ALSA-2023:0626`, `GO-2023-1751`. */
  readonly id: string
  readonly aliases: readonly string[]
  /** Shard it belongs to: `debian-12`, `alpine-3.19`, `almalinux-9`, `npm`, `go`. */
  readonly namespace: string
  readonly keyKind: 'source' | 'binary'
  /** Package name as the feed's ecosystem spells it, normalised as that ecosystem does. */
  readonly name: string
  /** Id of the version scheme that orders `ranges`. */
  readonly scheme: string
  /** A version in any of these is affected. Empty together with `versions`: every version is. */
  readonly ranges: readonly Range[]
  /** Affected versions listed one by one, where the feed has no order to give. */
  readonly versions?: readonly string[] | undefined
  /** Said by the feed: nothing of this package is affected (and why), or it has not been decided. */
  readonly state: 'affected' | 'not-affected' | 'under-investigation'
  readonly fixState: FixState
  /** The vendor's keyword: `no-dsa`, `postponed`, `ignored`. */
  readonly vendorStatus?: string | undefined
  /** rpm modularity `name:stream`; a package must carry the same, and the other way round. */
  readonly module?: string | undefined
  /** Architectures it speaks of; absent means all. */
  readonly architectures?: readonly string[] | undefined
  readonly severity: Severity
  readonly cvss?: readonly string[] | undefined
  readonly published?: string | undefined
  /** Id of the source, as in the manifest. */
  readonly source: string
}
