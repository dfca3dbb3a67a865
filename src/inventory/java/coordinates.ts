import type { Archive, Project } from './archive-note.ts'
import { knownGroup } from './known-group.ts'
import { isId } from './pom.ts'

/** What a package is called in a Maven repository. */
export interface Coordinates {
  readonly group: string
  readonly artifact: string
  readonly version: string
}

export interface Identity {
  /** What the archive itself is; `undefined` where it does not say so. */
  readonly own: Coordinates | undefined
  /** The project of it, when it was told by one. */
  readonly project: Project | undefined
}

/** Says what an archive is, by what it says itself, or by where it lies: evidence first that cannot be mistaken. */
export function identify(archive: Archive, path: string): Identity {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w{1,9}$/, '')
  const projects = archive.projects.filter(isComplete)
  const [named] = projects.filter((project) => isNamedFor(base, project)).toSorted(byLengthOfArtifact)
  if (named !== undefined) return { own: named, project: named }
  const told = placeOf(path) ?? pluginOf(archive) ?? describedBy(archive, base, { isSole: projects.length === 0 })
  if (told !== undefined) return { own: told, project: undefined }
  const [only, another] = projects
  const { version = only?.version } = splitName(base)
  const isOwn = another === undefined && only?.version === version && isNotAnother(archive, only)
  return isOwn ? { own: only, project: only } : { own: undefined, project: undefined }
}

/** A bundle that has another name only holds it. */
function isNotAnother({ manifest }: Archive, only: Coordinates | undefined): boolean {
  const artifact = only?.artifact ?? ''
  const name = manifest['Bundle-SymbolicName']
  const last = artifact.slice(artifact.lastIndexOf('-') + 1)
  return name === undefined || name.includes(last)
}

function isNamedFor(base: string, { artifact }: Coordinates): boolean {
  return base === artifact || (base.startsWith(artifact) && /^[-_]v?\d/.test(base.slice(artifact.length)))
}

function byLengthOfArtifact(one: Coordinates, other: Coordinates): number {
  return other.artifact.length - one.artifact.length
}

export function isComplete(project: Project): project is Project & Coordinates {
  return project.group !== undefined && project.artifact !== undefined && project.version !== undefined
}

/**
 * By the folder, in a repository of Maven (`…/repository/org/slf4j/slf4j-api/1.7.36/slf4j-api-1.7.36.jar`) or a cache of
 * Gradle (`…/files-2.1/org.slf4j/slf4j-api/1.7.36/<sha1>/slf4j-api-1.7.36.jar`).
 */
function placeOf(path: string): Coordinates | undefined {
  const names = path.split('/').slice(-64)
  const file = names.at(-1) ?? ''
  const gradle = names.lastIndexOf('files-2.1')
  if (gradle !== -1 && names.length === gradle + 6) {
    const [group, artifact, version] = names.slice(gradle + 1)
    return coordinates([group, artifact, version], file)
  }
  const root = names.findLastIndex((name) => repositoryNames.has(name))
  const groups = names.slice(root + 1, -3)
  const isSure = names[root - 1] === '.m2' || names[root] === 'maven-repo' || names[root] === 'maven2'
  if (root === -1 || !(isSure || isDomain(groups))) return undefined
  return coordinates([groups.join('.'), names.at(-3), names.at(-2)], file)
}

/** Karaf keeps its repository in `system`, archives for it in `repository`. */
const repositoryNames: ReadonlySet<string> = new Set(['repository', 'maven-repo', 'maven2', 'system'])

function isDomain([first = '', ...others]: readonly string[]): boolean {
  return others.length > 0 && /^(?:com|dev|edu|gov|info|jakarta|javax|net|org|[a-z]{2})$/.test(first)
}

function coordinates(
  [group, artifact, version]: readonly (string | undefined)[],
  file: string,
): Coordinates | undefined {
  if (group === undefined || artifact === undefined || version === undefined) return undefined
  if (![group, artifact, version].every(isId)) return undefined
  return file.startsWith(`${artifact}-${version.replace(/-SNAPSHOT$/, '')}`) ? { group, artifact, version } : undefined
}

/** Plug-ins of Jenkins and bundles of NiFi name themselves. */
function pluginOf({ manifest }: Archive): Coordinates | undefined {
  const plugin = [
    manifest['Group-Id'],
    manifest['Short-Name'],
    /^\S{1,200}/.exec(manifest['Plugin-Version'] ?? '')?.[0],
  ]
  const bundle = [manifest['Nar-Group'], manifest['Nar-Id'], manifest['Nar-Version']]
  for (const [group, artifact, version] of [plugin, bundle]) {
    if (group === undefined || artifact === undefined || version === undefined) continue
    if ([group, artifact, version].every(isId)) return { group, artifact, version }
  }
  return undefined
}

/**
 * By the manifest and the name of the file, where these leave one possible group. Beside the project of something else
 * (`isSole` false) only classes that are known count: a manifest may have been taken over from it.
 */
function describedBy(
  archive: Archive,
  base: string,
  { isSole }: { readonly isSole: boolean },
): Coordinates | undefined {
  const named = splitName(base)
  const title = archive.manifest['Implementation-Title']
  const version = versionOf(archive, named)
  if (version === undefined) return undefined
  for (const artifact of new Set([named.artifact, title])) {
    const isNamed = artifact === title || named.version !== undefined
    if (artifact === undefined || !isId(artifact) || (artifact !== named.artifact && named.version !== undefined))
      continue
    const group =
      knownGroup(artifact, version, archive.folders) ??
      (isSole ? bundleGroup(archive.manifest, artifact) : undefined) ??
      (isSole && isNamed ? vendorGroup(archive) : undefined)
    if (group !== undefined) return { group, artifact, version }
  }
  return undefined
}

interface FileName {
  readonly artifact: string
  readonly version: string | undefined
}

/** What stands behind a version and is none of the words that are part of versions. */
const classifier =
  /-(?!(?:alpha|android|b|beta|build|cr|ea|final|ga|hadoop|incubating|jdk|jre|m|milestone|pre|rc|redhat|release|snapshot|sp|v)[\d.-]*)[a-z][\w.-]{0,60}$/i

/** `commons-io` and `2.11.0` of `commons-io-2.11.0`. */
export function splitName(base: string): FileName {
  const at = base.slice(0, 300).search(/-\d/)
  const version = base.slice(at + 1).replace(classifier, '')
  return at < 1 || !isId(version) ? { artifact: base, version: undefined } : { artifact: base.slice(0, at), version }
}

/** What builds of Kotlin, Scala and Eclipse add to a version. */
const buildMark = /(?:\.v\d{8}|-release-\d|-dev$)[\w.-]{0,100}$/

/** What file and manifest agree on; OSGi writes three numbers where Maven may have fewer. */
function versionOf({ manifest }: Archive, { version }: FileName): string | undefined {
  const [built, bundle] = ['Implementation-Version', 'Bundle-Version'].map((name) =>
    /^\d[\w.+-]{0,200}/.exec(manifest[name] ?? '')?.[0].replace(buildMark, ''),
  )
  if (version === undefined) return built ?? bundle
  if (built !== undefined && version.startsWith(`${built}-`)) return built
  const told = [built, bundle].filter((text) => text !== undefined)
  return told.length === 0 || told.some((text) => isSame(text, version)) ? version : undefined
}

function isSame(a: string, b: string): boolean {
  const [one = [], other = []] = [a, b].map((text) =>
    (/^\d{1,9}(?:\.\d{1,9}){0,9}/.exec(text)?.[0] ?? '').split('.').map(Number),
  )
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return long.every((number, index) => number === (short[index] ?? 0) || index >= Math.max(short.length, 3))
}

/** Names of vendors, below which the groups are. */
const vendors: ReadonlySet<string> = new Set([
  'com.google',
  'com.ibm',
  'com.oracle',
  'com.sun',
  'org.apache',
  'org.jboss',
])

/** Maven and sbt write the group there; others may have written anything, so the classes must bear it out. */
function vendorGroup({ manifest, folders }: Archive): string | undefined {
  const group = manifest['Implementation-Vendor-Id'] ?? ''
  if (!isId(group) || !/^[A-Za-z]/.test(group) || vendors.has(group)) return undefined
  const builder = `${manifest['Archiver-Version'] ?? ''} ${manifest['Created-By'] ?? ''}`
  const isMaven =
    /\bMaven\b|\bPlexus\b/i.test(builder) ||
    manifest['Build-Jdk'] !== undefined ||
    manifest['Build-Jdk-Spec'] !== undefined
  const folder = group.replaceAll('.', '/')
  const isBorneOut =
    group.includes('.') && folders.length > 0 && folders.every((one) => `${one}/`.startsWith(`${folder}/`))
  return isMaven || isBorneOut ? group : undefined
}

/**
 * The bundle plug-in of Maven makes the symbolic name of group and artifact, without repeating what both have:
 * `org.apache.commons` and `commons-lang3` become `org.apache.commons.lang3`. Only what can be undone in one way counts.
 */
function bundleGroup(manifest: Readonly<Record<string, string>>, artifact: string): string | undefined {
  const name = /^[\w.-]{1,300}/.exec(manifest['Bundle-SymbolicName'] ?? '')?.[0] ?? ''
  const plain = artifact.replace(/_\d[\d.]{0,9}$/, '')
  const dash = plain.indexOf('-')
  const [first, rest] = [plain.slice(0, dash), plain.slice(dash + 1)]
  if (dash < 1 || rest === '') return undefined
  if (name.endsWith(`.${plain}`)) return groupOrNothing(name.slice(0, -plain.length - 1))
  return name.endsWith(`.${first}.${rest}`) ? groupOrNothing(name.slice(0, -rest.length - 1)) : undefined
}

function groupOrNothing(text: string): string | undefined {
  return /^[a-z][\w-]*(?:\.[\w-]+)+$/.test(text) ? text : undefined
}
