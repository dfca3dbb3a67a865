import type { PackageHash } from '#model/package.ts'
import { listedPackage } from '../listed-package.ts'
import type { Outcome } from '../outcomes.ts'
import type { Term } from './terms.ts'

interface Locked {
  readonly name: Term | undefined
  readonly version: Term | undefined
  /** `hexpm`, or `hexpm:organisation`. */
  readonly repository?: Term | undefined
  /** Of the archive as it is downloaded. */
  readonly sha256?: Term | undefined
  readonly dependencies?: readonly string[]
}

/** A package of a lock file. */
export function hexPackage(locked: Locked, location: string): Outcome {
  const { name, version, repository, sha256, dependencies } = locked
  if (typeof name !== 'string' || typeof version !== 'string') return 'unreadable'
  const [, namespace] = /^hexpm:([\w-]{1,200})$/.exec(typeof repository === 'string' ? repository : '') ?? []
  return (
    listedPackage(
      { ecosystem: 'hex', name, version, dependencies, hashes: hashesOf(sha256), purl: { namespace } },
      location,
    ) ?? 'unreadable'
  )
}

function hashesOf(sha256: Term | undefined): PackageHash[] {
  return typeof sha256 === 'string' && /^[\da-f]{64}$/i.test(sha256)
    ? [{ algorithm: 'sha256', value: sha256.toLowerCase() }]
    : []
}
