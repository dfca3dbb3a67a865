/** Names of what the JVM and its servers load: zip archives all, but for other things called `.rar`. */
const archiveName = /\.(?:jar|war|ear|par|sar|nar|hpi|jpi|kar|lpkg|rar|aar)$/i

export function isArchiveName(name: string): boolean {
  return archiveName.test(name)
}

export type EntryKind = 'archive' | 'manifest' | 'properties' | 'project' | 'code' | 'other'

/** What an entry of an archive is for us. */
export function entryKind(name: string): EntryKind {
  if (isArchiveName(name)) return 'archive'
  if (name.endsWith('.class')) return name.endsWith('module-info.class') ? 'other' : 'code'
  if (/^META-INF\/MANIFEST\.MF$/i.test(name)) return 'manifest'
  if (!name.includes('META-INF/maven/')) return 'other'
  if (name.endsWith('/pom.properties')) return 'properties'
  return name.endsWith('/pom.xml') ? 'project' : 'other'
}
