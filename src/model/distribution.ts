/** The operating system of a subject, as its os-release says. */
export interface Distribution {
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
