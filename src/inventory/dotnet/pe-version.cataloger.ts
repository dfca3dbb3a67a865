import { formatPurl } from '#model/purl.ts'
import { type CatalogContext, defineCataloger, type Found } from '../cataloger.ts'
import { nugetPackage } from './nuget-package.ts'
import { decodePeNote, type PeNote, probePe } from './pe-probe.ts'

/**
 * Assemblies that no dependency file beside them accounts for. An assembly of .NET is named like its package; its product
 * version is that of the package where it is written as one. Other libraries are told by the name they give themselves.
 */
export default defineCataloger({
  id: 'pe-version',
  version: 1,
  ecosystem: 'several',
  proves: 'installed',
  title: '.NET assemblies and Windows libraries (version resource)',
  spec: 'https://learn.microsoft.com/en-us/windows/win32/menurc/version-information',
  files: [],
  firstBytes: [0x4d],
  probe: probePe,
  finds: ['packages'],

  async catalog(file, context): Promise<Found[]> {
    const location = `/${file.path}`
    const note = decodePeNote(await file.text(), location)
    if (isAccountedFor(file.path, context)) return []
    return note.isManaged ? assembly(note, location) : library(note, location)
  },
})

function assembly({ strings }: PeNote, location: string): Found[] {
  const name = (strings['OriginalFilename'] ?? strings['InternalName'] ?? '').replace(/\.(?:dll|exe)$/i, '')
  if (/^policy\.|\.resources$/i.test(name) || name === '') return []
  const version = [strings['ProductVersion'], strings['FileVersion']].find((text) =>
    /^(?!0(?:\.0)+$)\d{1,9}\.\d/.test(text ?? ''),
  )
  const found = nugetPackage({ name, version: version?.split(/[\s@]/)[0] ?? '' }, location)
  if (found !== undefined) return [{ package: found }]
  return [{ unknown: { path: location, reason: 'the version of this .NET assembly cannot be read' } }]
}

function library({ strings }: PeNote, location: string): Found[] {
  const name = (strings['InternalName'] ?? strings['OriginalFilename'] ?? '').replace(/\.dll$/i, '')
  const text = strings['ProductVersion'] ?? strings['FileVersion'] ?? ''
  const version = /^\d{1,9}(?:(?:\.|, ?)\d{1,9}){0,3}/.exec(text)?.[0].replaceAll(/, ?/g, '.')
  if (version === undefined || !/^\w[\w.+-]{0,99}$/.test(name)) return []
  const purl = formatPurl({ type: 'generic', name, version })
  const vendor = strings['CompanyName']
  return [{ package: { purl, name, version, ecosystem: 'generic', vendor, locations: [location] } }]
}

/** By a dependency file in its folder or a folder above: libraries for other systems and languages lie below it. */
function isAccountedFor(path: string, context: CatalogContext): boolean {
  const names = path.split('/').slice(0, -1)
  const folders = Array.from({ length: 5 }, (_, up) => names.slice(0, Math.max(0, names.length - up)).join('/'))
  return folders.some((folder) => hasDependencyFile(context.namesIn(folder)))
}

const known = new WeakMap<readonly string[], boolean>()

function hasDependencyFile(names: readonly string[]): boolean {
  const answer = known.get(names) ?? names.some((name) => name.endsWith('.deps.json'))
  known.set(names, answer)
  return answer
}
