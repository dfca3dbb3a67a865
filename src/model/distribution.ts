/** The operating system of a subject, as its os-release says. */
export interface Distribution extends BuildOrigin {
  /** Lower-case identifier such as `debian`, `alpine`, `almalinux`. */
  readonly id: string
  /** As written: `12`, `3.19.1`, `9.3`; absent on rolling releases. */
  readonly versionId?: string | undefined
  /** `bookworm`, when the file names one. */
  readonly codename?: string | undefined
  readonly idLike: readonly string[]
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string
}

/** What the builder of a Red Hat image left in it, where the maker of the distribution keeps track of that. */
export interface BuildOrigin {
  /** Repositories by their ids, as `rhel-9-for-x86_64-baseos-rpms`: which product streams the packages are of. */
  readonly contentSets?: readonly string[] | undefined
  /** The images it was built as, each `name-version-release.architecture`. */
  readonly builds?: readonly string[] | undefined
}
