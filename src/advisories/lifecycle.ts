import type { Distribution } from '#model/distribution.ts'
import type { ReleaseCycle } from './source.ts'

export interface Lifecycle {
  /** Calendar date on which fixes that everybody gets stop. */
  readonly endOfLife: string
  readonly isEndOfLife: boolean
}

/** Distributions whose extended support is free and in the same feed, so that it counts (Debian LTS). */
const freeExtendedSupport: ReadonlySet<string> = new Set(['debian'])

/** The life of a release as known on the day the database was built; `undefined` when no date is known. */
export function lifecycleOf(
  { id, versionId }: Distribution,
  cycles: readonly ReleaseCycle[],
  builtAt: string,
): Lifecycle | undefined {
  if (versionId === undefined) return undefined
  const cycle = cycles
    .filter(({ distribution, release }) => distribution === id && isOfRelease(versionId, release))
    .toSorted((a, b) => b.release.length - a.release.length)[0]
  const extended = freeExtendedSupport.has(id) ? cycle?.endOfExtendedSupport : undefined
  const endOfLife = extended ?? cycle?.endOfLife
  return endOfLife === undefined ? undefined : { endOfLife, isEndOfLife: endOfLife < builtAt.slice(0, 10) }
}

/** `3.19.1` is of release `3.19`, `12` and `12.5` are of `12`, `120` is not. */
function isOfRelease(versionId: string, release: string): boolean {
  return versionId === release || versionId.startsWith(`${release}.`)
}
