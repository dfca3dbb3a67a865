import type { Distribution } from '#model/distribution.ts'
import type { Unknown } from '#model/package.ts'

export const repositoriesPath = 'etc/apk/repositories'

export interface Settled {
  readonly distribution: Distribution | undefined
  readonly unknowns: readonly Unknown[]
}

/**
 * Packages come from the branch that apk is told to take them from, which need not be the one the image began with. Of
 * several branches the newest counts, for apk prefers its packages. Which package came from which is not recorded.
 */
export function settleBranch(distribution: Distribution | undefined, repositories: string | undefined): Settled {
  if (distribution?.id !== 'alpine' || repositories === undefined) return { distribution, unknowns: [] }
  const { usual, tagged } = branchesOf(repositories)
  const own = branchOf(distribution.versionId)
  const chosen = newest(usual) ?? own
  const all = new Set([own, ...usual, ...tagged].filter((branch) => branch !== undefined))
  const branches = [...all].toSorted().join(', ')
  const reason = `packages may come from several branches of Alpine (${branches}); all were judged as of ${chosen}`
  return {
    distribution: chosen === own ? distribution : { ...distribution, versionId: chosen },
    unknowns: all.size < 2 ? [] : [{ path: `/${repositoriesPath}`, reason }],
  }
}

const branchLimit = 20

interface Branches {
  readonly usual: ReadonlySet<string>
  /** Of repositories with a tag: only packages that ask for it come from there. */
  readonly tagged: ReadonlySet<string>
}

/** apk-repositories(5): a tag if any, then an address, of which the part before the last names the branch. */
function branchesOf(text: string): Branches {
  const branches = { usual: new Set<string>(), tagged: new Set<string>() }
  for (const line of text.split('\n')) {
    const [, tag, branch] =
      /^\s{0,9}(@\S{1,99}\s{1,9})?(?:https?|ftp):\/\/\S{1,999}\/(?:v(?=\d))?(edge|\d{1,3}\.\d{1,3})\/[\w-]{1,40}\/?\s{0,9}$/.exec(
        line,
      ) ?? []
    const kind = tag === undefined ? branches.usual : branches.tagged
    if (branch !== undefined && kind.size < branchLimit) kind.add(branch)
  }
  return branches
}

/** `3.19` of `3.19.1`. */
function branchOf(versionId: string | undefined): string | undefined {
  return versionId === 'edge' ? 'edge' : /^\d{1,3}\.\d{1,3}/.exec(versionId ?? '')?.[0]
}

function newest(branches: ReadonlySet<string>): string | undefined {
  return [...branches].toSorted((one, other) => ageOf(other) - ageOf(one))[0]
}

function ageOf(branch: string): number {
  const [major = 0, minor = 0] = branch.split('.').map(Number)
  return branch === 'edge' ? Number.POSITIVE_INFINITY : major * 1000 + minor
}
