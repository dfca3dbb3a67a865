import { counted } from '#kit/text.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { mavenPackage } from './maven-package.ts'
import { isInRepository } from './packaging.ts'
import { type Pom, parsePom } from './pom.ts'

/**
 * What a Maven project asks for by an exact version: what it leaves to a parent, an imported list of versions or a range
 * is unknown. Test dependencies do not come with it; what is provided comes from elsewhere.
 */
export default defineCataloger({
  id: 'pom-xml',
  version: 1,
  ecosystem: 'maven',
  proves: 'declared',
  title: 'Maven project (pom.xml)',
  spec: 'https://maven.apache.org/ref/current/maven-model/maven.html',
  files: ['**/pom.xml'],
  finds: ['packages'],

  async catalog(file) {
    if (isInRepository(file.path)) return []
    const location = `/${file.path}`
    return dependenciesOf(parsePom(await file.text(), location), location)
  },
})

function* dependenciesOf({ dependencies }: Pom, location: string): Steps {
  let unresolved = 0
  for (const { name, version, scope } of dependencies) {
    if (scope !== 'compile' && scope !== 'runtime') continue
    const [group, artifact] = name?.split(':') ?? []
    const found = mavenPackage({ group, artifact, version: exactVersion(version) }, location)
    if (found === undefined) unresolved += 1
    yield found && { package: found }
  }
  if (unresolved > 0) {
    const reason = `${counted(unresolved, 'dependency', 'dependencies')} whose version this file does not tell`
    yield { unknown: { path: location, reason } }
  }
}

/** `[1.0]` is exactly that version; other brackets are ranges, and these two words mean the newest. */
function exactVersion(version: string | undefined): string | undefined {
  const exact = /^\[([^[\](),]{1,200})\]$/.exec(version ?? '')?.[1] ?? version
  return exact === 'LATEST' || exact === 'RELEASE' ? undefined : exact
}
