/** What is read of a manifest; names are not case-sensitive. */
const readNames: ReadonlyMap<string, string> = new Map(
  [
    'Archiver-Version',
    'Automatic-Module-Name',
    'Build-Jdk',
    'Build-Jdk-Spec',
    'Bundle-License',
    'Bundle-SymbolicName',
    'Bundle-Version',
    'Created-By',
    'Group-Id',
    'Implementation-Title',
    'Implementation-Vendor-Id',
    'Implementation-Version',
    'Nar-Group',
    'Nar-Id',
    'Nar-Version',
    'Plugin-Version',
    'Short-Name',
  ].map((name) => [name.toLowerCase(), name]),
)

const valueLimit = 500

/**
 * Attributes of the main section of META-INF/MANIFEST.MF, keyed as they are usually written:
 * https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest
 */
export function parseManifest(content: Buffer): Record<string, string> {
  const manifest: Record<string, string> = {}
  let name: string | undefined
  for (const line of mainSection(content).split(/\r\n|\r|\n/)) {
    if (line === '') break
    if (line.startsWith(' ')) {
      if (name !== undefined) manifest[name] = `${manifest[name] ?? ''}${line.slice(1)}`.slice(0, valueLimit)
      continue
    }
    const colon = line.indexOf(':')
    name = readNames.get(line.slice(0, Math.max(colon, 0)).toLowerCase())
    if (name !== undefined)
      manifest[name] = line
        .slice(colon + 1)
        .trimStart()
        .slice(0, valueLimit)
  }
  return Object.fromEntries(Object.entries(manifest).map(([key, value]) => [key, value.trim()]))
}

const mainSectionBytes = 64 * 1024

/** Sections of a signed archive that follow it, one per entry, are many. */
function mainSection(content: Buffer): string {
  return content.toString('utf8', 0, mainSectionBytes).replace(/^\uFEFF/, '')
}
