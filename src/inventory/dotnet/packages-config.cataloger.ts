import { childrenOf, parseXml } from '#kit/xml.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { isPackaged, nugetPackage } from './nuget-package.ts'

/** Lists every package with its exact version; those for development only are left out. */
export default defineCataloger({
  id: 'packages-config',
  version: 1,
  ecosystem: 'nuget',
  proves: 'locked',
  title: 'NuGet package list (packages.config)',
  spec: 'https://learn.microsoft.com/en-us/nuget/reference/packages-config',
  files: ['**/packages.config'],
  finds: ['packages'],

  async catalog(file) {
    return isPackaged(file.path) ? [] : readPackages(await file.text(), `/${file.path}`)
  },
})

function* readPackages(text: string, location: string): Steps {
  let unreadable = 0
  for (const { attributes } of childrenOf(parseXml(text, location), 'package')) {
    const { id: name = '', version = '', developmentDependency } = attributes
    if (developmentDependency === 'true') continue
    const found = nugetPackage({ name, version }, location)
    if (found === undefined) unreadable += 1
    yield found && { package: found }
  }
  if (unreadable > 0) {
    yield { unknown: { path: location, reason: `entries without a proper name or version: ${unreadable}` } }
  }
}
