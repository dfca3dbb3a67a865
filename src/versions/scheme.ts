/** How one ecosystem orders its versions. Pure: no I/O, no clock, no throw, time linear in the length of the text. */
export interface VersionScheme<V> {
  readonly id: string
  readonly title: string
  /** The rules this file implements, so that a reader can check us. */
  readonly spec: string
  /** `undefined` when the text is not a version of this scheme. */
  parse(text: string): V | undefined
  /** A total order over parsed versions: negative, zero or positive. */
  compare(a: V, b: V): number
}

export function defineVersionScheme<V>(scheme: VersionScheme<V>): VersionScheme<V> {
  return scheme
}

/** Compares two texts; `undefined` when either is not a version of the scheme. */
export function compareVersions<V>(scheme: VersionScheme<V>, left: string, right: string): number | undefined {
  const a = scheme.parse(left)
  const b = scheme.parse(right)
  return a === undefined || b === undefined ? undefined : scheme.compare(a, b)
}
