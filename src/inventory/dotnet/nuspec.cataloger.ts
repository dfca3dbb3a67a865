import { childOf, childrenOf, parseXml, textOf, type XmlElement } from '#kit/xml.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { nugetPackage } from './nuget-package.ts'

/**
 * Packages that NuGet has unpacked: `newtonsoft.json/13.0.1/newtonsoft.json.nuspec`, or `Newtonsoft.Json.13.0.1/…` in a
 * folder of packages. Elsewhere such a file is what a package is made from.
 */
export default defineCataloger({
  id: 'nuspec',
  version: 1,
  ecosystem: 'nuget',
  proves: 'installed',
  title: 'Unpacked NuGet packages (*.nuspec)',
  spec: 'https://learn.microsoft.com/en-us/nuget/reference/nuspec',
  files: ['**/*.nuspec'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file): Promise<Found[]> {
    const location = `/${file.path}`
    const metadata = childOf(parseXml(await file.text(), location), 'metadata')
    const [name, version] = [textOf(metadata, 'id') ?? '', textOf(metadata, 'version') ?? '']
    if (!isUnpacked(location, name, version)) return []
    const licences = licencesOf(metadata)
    const found = nugetPackage({ name, version, licences, dependencies: dependenciesOf(metadata) }, location)
    return found === undefined
      ? [{ unknown: { path: location, reason: 'its name or version is not one that NuGet knows' } }]
      : [{ package: found }]
  },
})

function isUnpacked(location: string, name: string, version: string): boolean {
  const [folder = '', parent = ''] = location.toLowerCase().split('/').slice(-3, -1).toReversed()
  const plain = version.toLowerCase().replace(/\+.{0,300}$/, '')
  return (parent === name.toLowerCase() && folder === plain) || folder === `${name.toLowerCase()}.${plain}`
}

/** An expression where there is one: the address beside it is the same for all of these. */
function licencesOf(metadata: XmlElement | undefined): string[] {
  const licence = childOf(metadata, 'license')
  if (licence?.attributes['type'] === 'expression' && licence.text !== '') return [licence.text.slice(0, 300)]
  const url = textOf(metadata, 'licenseUrl')
  return url === undefined || url.startsWith('https://aka.ms/deprecateLicenseUrl') ? [] : [url.slice(0, 300)]
}

function dependenciesOf(metadata: XmlElement | undefined): string[] {
  const list = childOf(metadata, 'dependencies')
  const elements = [list, ...childrenOf(list, 'group')].flatMap((group) => childrenOf(group, 'dependency'))
  const names = elements.flatMap(({ attributes }) => attributes['id']?.slice(0, 200) ?? [])
  return [...new Set(names)].slice(0, 500)
}
