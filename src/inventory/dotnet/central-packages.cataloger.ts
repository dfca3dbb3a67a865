import { counted } from '#kit/text.ts'
import { childrenOf, parseXml, textOf, type XmlElement } from '#kit/xml.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { isPackaged, nugetPackage } from './nuget-package.ts'

/** Versions that the projects of a tree agree on; which of them one asks for stands in its own file. */
export default defineCataloger({
  id: 'central-packages',
  version: 1,
  ecosystem: 'nuget',
  proves: 'declared',
  title: 'NuGet central versions (Directory.Packages.props)',
  spec: 'https://learn.microsoft.com/en-us/nuget/consume-packages/central-package-management',
  files: ['**/Directory.Packages.props'],
  finds: ['packages'],

  async catalog(file) {
    return isPackaged(file.path) ? [] : readVersions(parseXml(await file.text(), `/${file.path}`), `/${file.path}`)
  },
})

function* readVersions(root: XmlElement, location: string): Steps {
  const properties = propertiesOf(root)
  let unresolved = 0
  for (const element of childrenOf(root, 'ItemGroup').flatMap((group) => childrenOf(group, 'PackageVersion'))) {
    const { Include: name, Update: updated, Version: attribute } = element.attributes
    const version = withProperties(attribute ?? textOf(element, 'Version') ?? '', properties)
    const found = nugetPackage({ name: name ?? updated ?? '', version: exactVersion(version) }, location)
    if (found === undefined) unresolved += 1
    yield found && { package: found }
  }
  if (unresolved > 0) {
    yield { unknown: { path: location, reason: `${counted(unresolved, 'entry', 'entries')} without an exact version` } }
  }
}

const longestValue = 300

function propertiesOf(root: XmlElement): ReadonlyMap<string, string> {
  const elements = childrenOf(root, 'PropertyGroup').flatMap(({ children }) => children)
  return new Map(elements.map(({ localName, text }) => [localName.toLowerCase(), text.slice(0, longestValue)]))
}

/** `$(Name)`, for as long as there is one in what it stands for. */
function withProperties(text: string, properties: ReadonlyMap<string, string>): string {
  let value = text
  for (let depth = 0; depth < 8 && value.includes('$('); depth++) {
    value = value
      .slice(0, longestValue)
      .replace(/\$\((\w{1,100})\)/g, (whole, name: string) => properties.get(name.toLowerCase()) ?? whole)
  }
  return value
}

/** `[1.0]` is exactly that version; other brackets and stars are ranges. */
function exactVersion(version: string): string {
  return /^\[([^[\](),]{1,200})\]$/.exec(version.trim())?.[1] ?? version.trim()
}
