import { formatPurl } from '#model/purl.ts'
import { defineCataloger, type Found } from '../cataloger.ts'

/** The file `release` of a Java runtime: a properties file whose values stand in quotes. */
export default defineCataloger({
  id: 'jvm-release',
  version: 1,
  ecosystem: 'generic',
  proves: 'installed',
  title: 'Java runtimes (file release)',
  spec: 'https://openjdk.org/jeps/220',
  files: ['**/release'],
  finds: ['packages', 'architectures'],

  async catalog(file): Promise<Found[]> {
    const location = `/${file.path}`
    const values = readValues(await file.text())
    const java = values.get('JAVA_VERSION')
    if (java === undefined) return []
    const version = versionOf(java, values)
    if (version === undefined) {
      return [{ unknown: { path: location, reason: 'the version of this Java runtime cannot be read' } }]
    }
    const name = nameOf(values)
    const architecture = values.get('OS_ARCH')
    const purl = formatPurl({ type: 'generic', name, version })
    const vendor = values.get('IMPLEMENTOR')
    return [{ package: { purl, name, version, ecosystem: 'generic', architecture, vendor, locations: [location] } }]
  },
})

function readValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of text.slice(0, 100_000).split(/\r?\n/, 200)) {
    const [, key, quoted, plain] = /^([A-Z_]{1,60})=(?:"([^"]{1,300})"|([^"\s]{1,300}))\s{0,9}$/.exec(line) ?? []
    const value = quoted ?? plain
    if (key !== undefined && value !== undefined) values.set(key, value)
  }
  return values
}

/** OpenJDK, or a runtime of which others have other vulnerabilities: OpenJ9 and GraalVM are built upon it as well. */
function nameOf(values: ReadonlyMap<string, string>): string {
  return values.has('GRAALVM_VERSION') ? 'graalvm' : 'openjdk'
}

/**
 * `17.0.15+6` of `JAVA_RUNTIME_VERSION="17.0.15+6-Debian-1deb12u1"`; `1.8.0_292-b10` of a Java 8. Without it, the version
 * without its build.
 */
function versionOf(java: string, values: ReadonlyMap<string, string>): string | undefined {
  const told = values.get('JAVA_RUNTIME_VERSION') ?? values.get('SEMANTIC_VERSION') ?? ''
  const [build] = /^\d[\w.]{0,60}(?:\+\d{1,9}|-b\d{1,9})/.exec(told) ?? []
  if (values.has('GRAALVM_VERSION')) return /^\d[\w.+-]{0,100}$/.exec(values.get('GRAALVM_VERSION') ?? '')?.[0]
  return build?.startsWith(java) === true ? build : /^\d[\w.+-]{0,100}$/.exec(java)?.[0]
}
