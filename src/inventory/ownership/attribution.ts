import type { FileTree } from '#image/file-tree.ts'
import type { Work } from '#kit/turns.ts'
import type { Package } from '#model/package.ts'
import type { Executable } from '../executables/facts.ts'
import { isSystem, unidentified } from '../executables/unidentified.ts'
import type { Plan } from '../jobs.ts'
import { type Claim, findOwners, type OwningPackage } from './ownership.ts'

interface Attributed<Found> {
  readonly packages: readonly Found[]
  /** Those that prove no package. */
  readonly executables: readonly Executable[]
}

/** Says of what no package manager of the system listed which of its packages brought it, if any did. */
export function* withOwners<Found extends OwningPackage>(
  packages: readonly Found[],
  { executables, ownership }: Pick<Plan, 'executables' | 'ownership'>,
  tree: FileTree,
): Work<Attributed<Found>> {
  const others = unidentified(executables, packages)
  const proving = packages.flatMap((found) => (isSystem(found.ecosystem) ? [] : outermost(found)))
  const paths = new Set([...proving, ...others.map(({ path }) => path)])
  const owners = yield* findOwners({ paths, jobs: ownership, packages, tree })
  const related = packages.map((found) =>
    isSystem(found.ecosystem) ? found : { ...found, ...relation(owners.get(outermost(found))) },
  )
  return {
    packages: related.filter((found) => !isOwnerAgain(found)),
    executables: others.map((one) => ({ ...one, ...relation(owners.get(one.path)) })),
  }
}

/** A program that was known by its content is no package of its own beside the one that brought it. */
function isOwnerAgain({ ecosystem, ownedBy }: Package): boolean {
  return ecosystem === 'generic' && ownedBy !== undefined
}

function relation(claim: Claim | undefined): Pick<Package, 'ownedBy' | 'changedSince'> {
  if (claim === undefined) return {}
  return claim.isUnchanged ? { ownedBy: claim.owner.purl } : { changedSince: claim.owner.purl }
}

/** The file itself where the package is in an archive, maybe in an archive in it: `/app.war!/lib/a.jar`. */
function outermost({ locations }: Package): string {
  return (locations[0] ?? '').split('!/', 1)[0] ?? ''
}
