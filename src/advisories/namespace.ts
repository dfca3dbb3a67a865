import type { Distribution } from '#model/distribution.ts'
import type { Ecosystem, Package } from '#model/package.ts'

/** Where to look a package up, and with what. */
export interface Key {
  readonly keyKind: 'source' | 'binary'
  readonly name: string
  /** The version that the feed's ranges speak of. */
  readonly version: string
}

/** The shard whose feed speaks of packages of this ecosystem in this distribution; `undefined` when none could. */
export function namespaceOf(ecosystem: Ecosystem, distribution: Distribution | undefined): string | undefined {
  switch (ecosystem) {
    case 'npm':
      return 'npm'
    case 'golang':
      return 'go'
    case 'deb':
    case 'apk':
    case 'rpm':
      return distribution === undefined ? undefined : releaseNamespace(distribution)
  }
}

/** Alpine and Ubuntu make a release of each minor version, the others of each major one; no version means rolling. */
function releaseNamespace({ id, versionId, codename }: Distribution): string {
  if (versionId === undefined) return `${id}-${rollingName[`${id} ${codename}`] ?? 'rolling'}`
  const [major = '', minor] = versionId.split('.')
  const isMinorRelease = (id === 'alpine' || id === 'ubuntu') && minor !== undefined
  return `${id}-${isMinorRelease ? `${major}.${minor}` : major}`
}

const rollingName: Readonly<Record<string, string>> = {
  'debian sid': 'unstable',
  'debian undefined': 'unstable',
  'alpine edge': 'edge',
  'alpine undefined': 'edge',
}

/** Debian's and Alpine's feeds name source packages; Debian's ranges are of source versions. */
export function keyOf({ ecosystem, name, version, source }: Package): Key {
  switch (ecosystem) {
    case 'deb':
      return { keyKind: 'source', name: source?.name ?? name, version: source?.version ?? version }
    case 'apk':
      return { keyKind: 'source', name: source?.name ?? name, version }
    case 'rpm':
    case 'npm':
    case 'golang':
      return { keyKind: 'binary', name, version }
  }
}
