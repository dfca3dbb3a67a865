import { defineCataloger, type Steps } from '../cataloger.ts'
import { mavenPackage } from './maven-package.ts'
import { isInRepository } from './packaging.ts'

/**
 * `group:artifact:version=configuration,…` a line. What tests and annotation processors alone need does not come with the
 * program; a buildscript lock file is what builds it, and names all of it.
 */
export default defineCataloger({
  id: 'gradle-lockfile',
  version: 1,
  ecosystem: 'maven',
  proves: 'locked',
  title: 'Gradle lock file (gradle.lockfile, buildscript-gradle.lockfile)',
  spec: 'https://docs.gradle.org/current/userguide/dependency_locking.html',
  files: ['**/gradle.lockfile', '**/buildscript-gradle.lockfile'],
  finds: ['packages'],

  async catalog(file) {
    return isInRepository(file.path) ? [] : readLines(await file.text(), `/${file.path}`)
  },
})

const line = /^([^:=\s]{1,200}):([^:=\s]{1,200}):([^:=\s]{1,200})=(.*)$/
/** Names of the Java, Kotlin, Groovy, Scala and Android plug-ins for what never leaves the build. */
const developmentOnly =
  /^(?:(?:test|integrationTest|androidTest|unitTest)\w*|\w*(?:UnitTest|AndroidTest)\w*|\w*[aA]nnotationProcessor\w*|kapt\w*|ksp\w*|checkstyle|pmd|spotbugs\w*|jacoco\w*|detekt|ktlint\w*|errorprone|zinc)$/

function* readLines(text: string, location: string): Steps {
  let unreadable = 0
  for (const row of text.split(/\r?\n/)) {
    yield undefined
    if (row === '' || row.startsWith('#') || row.startsWith('empty=')) continue
    const [, group, artifact, version, configurations = ''] = line.exec(row) ?? []
    const found = mavenPackage({ group, artifact, version }, location)
    if (found === undefined) unreadable += 1
    else if (!isForDevelopment(configurations)) yield { package: found }
  }
  if (unreadable > 0) {
    yield { unknown: { path: location, reason: `lines that are not as Gradle writes them: ${unreadable}` } }
  }
}

function isForDevelopment(configurations: string): boolean {
  const names = configurations.slice(0, 10_000).split(',')
  return names.every((name) => name.length < 200 && developmentOnly.test(name))
}
