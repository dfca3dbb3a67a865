import type { Ecosystem } from './ecosystem.ts'

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
  /** Id of the repository that it was installed from, where the package manager keeps record. */
  readonly repository?: string | undefined
  /** Who built it, as the package database says (rpm Vendor, dpkg Maintainer). */
  readonly vendor?: string | undefined
  /** Declared licences as the ecosystem writes them: SPDX expressions, names or addresses, each one statement. */
  readonly licences?: readonly string[] | undefined
  /** Of the package as it was published or installed, where its metadata states them. */
  readonly hashes?: readonly PackageHash[] | undefined
  /** Names of the packages that it needs, as the ecosystem writes them; without versions, each once. */
  readonly dependencies?: readonly string[] | undefined
  /** Names in the CPE dictionary, where it is known by one: `cpe:2.3:a:f5:nginx:1.22.1:*:*:*:*:*:*:*`. */
  readonly cpes?: readonly string[] | undefined
  /** purl of the package of the operating system that brought the file that proves it, and the file is still the same. */
  readonly ownedBy?: string | undefined
  /** purl of the package of the operating system that brought that file, which was changed after it was installed. */
  readonly changedSince?: string | undefined
  /** Files that prove it, as absolute paths in the subject. */
  readonly locations: readonly string[]
}

export interface PackageHash {
  readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'
  /** Lower case hexadecimal. */
  readonly value: string
}

/** Something we saw and could not understand. Reported, never dropped. */
export interface Unknown {
  /** Absolute path in the subject, or a name such as `layer 3`. */
  readonly path: string
  /** A sentence fragment: `the rpm database is damaged at page 12`. */
  readonly reason: string
}
