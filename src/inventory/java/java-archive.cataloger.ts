import type { Unknown } from '#model/package.ts'
import { type CatalogContext, defineCataloger, type Found, type Steps } from '../cataloger.ts'
import { isArchiveName } from './archive-name.ts'
import { type Archive, decodeNote } from './archive-note.ts'
import { probeArchive } from './archive-probe.ts'
import { identify, isComplete, splitName } from './coordinates.ts'
import { mavenPackage } from './maven-package.ts'

/**
 * What Java archives hold, however deep they lie in one another. Every project that Maven described in an archive is in
 * it; what else an archive is must be told without doubt by its manifest, its name and its classes, or is unknown.
 */
export default defineCataloger({
  id: 'java-archive',
  version: 1,
  ecosystem: 'maven',
  proves: 'installed',
  title: 'Java archives (jar, war, ear and kin)',
  spec: 'https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html',
  files: [],
  probe: probeArchive,
  finds: ['packages', 'licences', 'hashes', 'dependencies'],

  async catalog(file, context) {
    return catalogArchives(decodeNote(await file.text(), `/${file.path}`), file.path, context)
  },
})

const unidentifiedNamed = 5

function* catalogArchives(archives: readonly Archive[], path: string, context: CatalogContext): Steps {
  const location = `/${path}`
  const unidentified: string[] = []
  for (const archive of archives) {
    const own = [location, ...archive.path].join('!/')
    const isJava = isArchiveName(archive.path.at(-1) ?? path)
    const { packages, isIdentified } = packagesOf(archive, own)
    yield* packages
    if (isJava && !isIdentified && archive.hasContent && !isPartOfJvm(path, context)) unidentified.push(own)
    for (const reason of archive.reasons) {
      if (isJava || archive.path.length > 0) yield { unknown: { path: own, reason } }
    }
  }
  if (unidentified.length > 0) yield { unknown: unidentifiedIn(location, unidentified) }
}

function unidentifiedIn(location: string, [first = '', ...others]: readonly string[]): Unknown {
  if (others.length === 0) return { path: first, reason: notSaid(first) }
  const named = [first, ...others].slice(0, unidentifiedNamed).map((own) => own.slice(own.lastIndexOf('!/') + 2))
  const more = others.length + 1 - named.length
  const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return { path: location, reason: `archives in it that do not say which Maven packages they are: ${list}` }
}

function notSaid(location: string): string {
  const { artifact, version } = nameOf(location)
  const guess = version?.includes('.') !== true ? '' : `; by its name ${artifact} ${version}`
  return `the archive does not say which Maven package it is${guess}`
}

function nameOf(location: string): ReturnType<typeof splitName> {
  return splitName(location.slice(location.lastIndexOf('/') + 1).replace(/\.\w{1,9}$/, ''))
}

interface ArchivePackages {
  readonly packages: readonly Found[]
  readonly isIdentified: boolean
}

function packagesOf(archive: Archive, location: string): ArchivePackages {
  const { own, project } = identify(archive, location)
  const others = archive.projects.filter((other) => other !== project)
  const incomplete = others.filter((other) => !isComplete(other)).length
  const manifestLicence = archive.manifest['Bundle-License']
  const licences = project?.licences.length ? project.licences : licencesOf(manifestLicence)
  const parts = own && {
    ...own,
    licences,
    hashes: archive.sha1 === undefined ? [] : [{ algorithm: 'sha1' as const, value: archive.sha1 }],
    dependencies: project?.dependencies,
  }
  const packages = [parts, ...others.filter(isComplete)].flatMap((one): Found[] => found(one, location))
  const damaged = {
    unknown: { path: location, reason: `Maven descriptions in it without group, name or version: ${incomplete}` },
  }
  return {
    packages: incomplete > 0 ? [...packages, damaged] : packages,
    isIdentified: own !== undefined || (others.length > 0 && nameOf(location).version === undefined),
  }
}

function found(parts: Parameters<typeof mavenPackage>[0] | undefined, location: string): Found[] {
  const made = parts && mavenPackage(parts, location)
  return made === undefined ? [] : [{ package: made }]
}

/** A list by commas of names or addresses, each perhaps with attributes. */
function licencesOf(header: string | undefined): string[] {
  const clauses = (header ?? '').match(/(?:"[^"]*"|[^",])+/g)?.map((clause) => {
    return /^\s*(?:"([^"]*)"|([^;"]*))/.exec(clause)?.slice(1).join('').trim() ?? ''
  })
  return [...new Set(clauses)].filter((clause) => clause !== '').slice(0, 20)
}

/** What comes with a Java runtime is told by its release file. */
function isPartOfJvm(path: string, context: CatalogContext): boolean {
  const names = path.split('/').slice(0, -1)
  return [1, 2, 3, 4].some((up) => {
    const folder = names
      .slice(0, Math.max(0, names.length - up))
      .map((name) => `${name}/`)
      .join('')
    const hasRuntime = ['bin/java', 'jre/bin/java', 'bin/java.exe'].some(
      (program) => context.typeOf(`${folder}${program}`) === 'file',
    )
    return hasRuntime && context.typeOf(`${folder}release`) === 'file'
  })
}
