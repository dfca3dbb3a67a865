import type { PackageHash, Unknown } from '#model/package.ts'

/** A software bill of materials in no format: what all of them can say of what we look at. */
export interface SbomDocument {
  /** What it was read from, as people call it: `CycloneDX 1.6 JSON`; absent for one that we make. */
  readonly format?: string | undefined
  /** RFC 3339, whole seconds. */
  readonly created?: string | undefined
  readonly tools: readonly SbomTool[]
  /** What everything in it belongs to. */
  readonly subject?: SbomComponent | undefined
  /** In the order of the document; ids are unique in it, the subject's included. */
  readonly components: readonly SbomComponent[]
  /** What could not be read when it was made. */
  readonly unknowns: readonly Unknown[]
}

export interface SbomTool {
  readonly name: string
  readonly version?: string | undefined
}

/** What a component is, as far as it matters to us. */
export type ComponentKind = 'package' | 'operating-system' | 'container' | 'directory' | 'file' | 'other'

export interface SbomComponent {
  /** What relations name it by. */
  readonly id: string
  readonly kind: ComponentKind
  readonly name: string
  readonly version?: string | undefined
  /** CycloneDX group: Maven group, npm scope. */
  readonly group?: string | undefined
  readonly description?: string | undefined
  readonly purl?: string | undefined
  readonly cpes?: readonly string[] | undefined
  /** Who made or distributes it. */
  readonly supplier?: string | undefined
  /** Declared licences, each one statement. */
  readonly licences: readonly string[]
  readonly hashes: readonly PackageHash[]
  /** Absolute paths that prove it. */
  readonly locations: readonly string[]
  /** What no format has a field for; ours begin with `seawall:`. */
  readonly properties: readonly SbomProperty[]
  /** Ids of the components that it needs, each once. */
  readonly dependsOn: readonly string[]
}

export interface SbomProperty {
  readonly name: string
  readonly value: string
}
