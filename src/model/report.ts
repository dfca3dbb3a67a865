import type { Distribution } from './distribution.ts'
import type { Finding, Verdict } from './finding.ts'
import type { Layer, LayerOrigin, Subject } from './image.ts'
import type { Package, Unknown } from './package.ts'
import type { Severity } from './severity.ts'

/** Raised when a reader of the JSON report would have to change. */
export const reportSchemaVersion = '1.0'

export interface DatabaseSource {
  /** Id of the feed: `debian-tracker`, `osv-go`. */
  readonly id: string
  readonly name: string
  readonly url: string
  readonly licence: string
  /** Newest date that the data speaks of, RFC 3339 or calendar date. */
  readonly asOf?: string | undefined
  /** Present when the data is not an upstream file but was derived from other facts; says from what. */
  readonly derivedFrom?: string | undefined
  readonly records: number
}

export interface DatabaseFacts {
  /** sha256 of the manifest. */
  readonly digest: string
  /** RFC 3339. */
  readonly builtAt: string
  /** True when this is the database that ships with the program. */
  readonly starter: boolean
  readonly sources: readonly DatabaseSource[]
}

export interface LocatedPackage extends Package {
  /** Layer that brought it; absent for directories. */
  readonly layer?: Pick<Layer, 'diffId' | 'index' | 'createdBy'> | undefined
  /** Of that layer; absent where it is not known. */
  readonly origin?: LayerOrigin | undefined
}

/** Per ecosystem: how many packages were found, and whether any feed could judge them. */
export interface EcosystemCoverage {
  readonly ecosystem: string
  readonly packages: number
  /** Shard that answered; absent when no feed covers these packages. */
  readonly namespace?: string | undefined
}

export interface Coverage {
  readonly ecosystems: readonly EcosystemCoverage[]
  /** Files read by each cataloger, by cataloger id. */
  readonly catalogers: readonly { readonly id: string; readonly files: number; readonly packages: number }[]
  readonly layers: { readonly total: number; readonly read: number }
  /** Uncompressed bytes of layer content, and entries seen. */
  readonly bytes: number
  readonly entries: number
  /** With partial reading: compressed bytes of layers that came over the network, of those that the image has. */
  readonly transferred?: number | undefined
  readonly transferable?: number | undefined
  /** With partial reading: by what each layer of a registry was read. */
  readonly readings?: readonly LayerReading[] | undefined
}

interface LayerReading {
  /** 0 is the bottom layer. */
  readonly index: number
  /** A table of contents that the manifest vouches for, or everything. */
  readonly by: 'estargz' | 'zstd-chunked' | 'whole'
  /** Why it was read as a whole. */
  readonly reason?: string | undefined
}

/** One thing to do: bring a package to a version that ends every finding it can end. */
export interface Upgrade {
  readonly ecosystem: string
  /** Source package where the ecosystem has them, else the package itself. */
  readonly name: string
  readonly installedVersion: string
  /** Lowest version known to end all of `fixes`. */
  readonly targetVersion: string
  /** purls of the installed packages that this touches. */
  readonly packages: readonly string[]
  readonly locations: readonly string[]
  /** Ids of the findings that it ends. */
  readonly fixes: readonly string[]
  /** The worst of them. */
  readonly severity: Severity
  readonly knownExploited: boolean
}

export interface Summary {
  readonly packages: number
  /** Without those that are suppressed. */
  readonly findings: number
  /** Findings of the whole scan that something else answers for, shown or not. */
  readonly suppressed: number
  readonly fixable: number
  readonly knownExploited: number
  readonly unknowns: number
  readonly bySeverity: Readonly<Record<Severity, number>>
  readonly byVerdict: Readonly<Record<Verdict, number>>
  /** Most urgent first. */
  readonly upgrades: readonly Upgrade[]
}

/** Everything a scan has to say. Same input and database give an equal value. */
export interface ScanReport {
  readonly schemaVersion: string
  readonly tool: { readonly name: 'seawall'; readonly version: string }
  readonly subject: Subject & {
    readonly os?: (Distribution & { readonly eol?: string | undefined; readonly isEndOfLife: boolean }) | undefined
  }
  readonly database: DatabaseFacts
  readonly packages: readonly LocatedPackage[]
  readonly findings: readonly Finding[]
  readonly unknowns: readonly Unknown[]
  readonly coverage: Coverage
  readonly summary: Summary
}
