/** What orders and matches a package; one per version scheme and advisory family. */
export type Ecosystem = 'deb' | 'apk' | 'rpm' | 'npm' | 'golang'

/** A piece of software found in a subject. */
export interface Package {
  /** Package URL, the identity used everywhere in reports. */
  readonly purl: string
  readonly name: string
  /** As the ecosystem writes it: with epoch and release where it has them. */
  readonly version: string
  readonly ecosystem: Ecosystem
  /** What it was built from, when the ecosystem tells binary from source packages. */
  readonly source?: { readonly name: string; readonly version: string } | undefined
  readonly architecture?: string | undefined
  /** rpm modularity as `name:stream`, for example `nginx:1.22`. */
  readonly module?: string | undefined
  /** Who built it, as the package database says (rpm Vendor, dpkg Maintainer). */
  readonly vendor?: string | undefined
  /** Files that prove it, as absolute paths in the subject. */
  readonly locations: readonly string[]
}

/** Something we saw and could not understand. Reported, never dropped. */
export interface Unknown {
  /** Absolute path in the subject, or a name such as `layer 3`. */
  readonly path: string
  /** A sentence fragment: `the rpm database is damaged at page 12`. */
  readonly reason: string
}
