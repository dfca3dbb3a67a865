import type { Distribution } from '#model/distribution.ts'
import { type Ecosystem, ecosystemFacts } from '#model/ecosystem.ts'
import type { Package } from '#model/package.ts'
import { lowerCaseName, pythonName, repositoryName } from './package-names.ts'

/** Where to look a package up, and with what. */
export interface Key {
  readonly keyKind: 'source' | 'binary'
  readonly name: string
  /** The version that the feed's ranges speak of. */
  readonly version: string
}

/** The shard whose feed speaks of packages of this ecosystem in this distribution; `undefined` when none could. */
export function namespaceOf(ecosystem: Ecosystem, distribution: Distribution | undefined): string | undefined {
  if (!isOfDistribution(ecosystem)) return ecosystemFacts(ecosystem).namespace
  return distribution === undefined ? undefined : releaseNamespace(distribution)
}

/** Who makes the release also names the packages. */
export function isOfDistribution(ecosystem: Ecosystem): boolean {
  return systemEcosystems.has(ecosystem)
}

const systemEcosystems: ReadonlySet<Ecosystem> = new Set(['deb', 'apk', 'rpm', 'alpm', 'opkg', 'portage', 'nix'])

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
  if (ecosystem === 'deb') return { keyKind: 'source', name: source?.name ?? name, version: source?.version ?? version }
  if (ecosystem === 'apk') return { keyKind: 'source', name: source?.name ?? name, version }
  return { keyKind: 'binary', name: nameForms[ecosystem]?.(name) ?? name, version }
}

/** How feeds write names that may be written in several ways. */
const nameForms: Readonly<Partial<Record<Ecosystem, (name: string) => string>>> = {
  pypi: pythonName,
  swift: repositoryName,
  composer: lowerCaseName,
  nuget: lowerCaseName,
  'github-actions': lowerCaseName,
}
