import { defineCataloger, type Found } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { conanPackage, nameOfReference, referencedPackage } from './reference.ts'
import { linesIn } from './sections.ts'

/**
 * In the cache of Conan 1 the folders say what a package is. Anywhere else the file is what `conan install` left behind
 * and names everything it installed. Conan 2 keeps names in its database only; its file names patterns of versions.
 */
export default defineCataloger({
  id: 'conaninfo',
  version: 1,
  ecosystem: 'conan',
  proves: 'installed',
  title: 'Installed Conan packages (conaninfo.txt)',
  spec: 'https://docs.conan.io/1/reference/config_files/conanfile.txt.html',
  files: ['**/conaninfo.txt'],
  finds: ['packages', 'dependencies'],

  async catalog(file) {
    const location = `/${file.path}`
    const required = [...linesIn(await file.text(), 'full_requires')]
    if (isOfConan2(file.path)) return nameless(location)
    return withCounts(inCache(file.path, required) ?? installed(required, location), location)
  },
})

function isOfConan2(path: string): boolean {
  return /(?:^|\/)\.conan2\/p\//.test(path)
}

function nameless(path: string): Found[] {
  return [{ unknown: { path, reason: 'a package of Conan 2, whose name only the cache database tells' } }]
}

function inCache(path: string, required: readonly string[]): Outcome[] | undefined {
  const folders =
    /(?:^|\/)data\/([^/]{1,101})\/([^/]{1,101})\/([^/]{1,101})\/([^/]{1,101})\/package\/[^/]{1,101}\/conaninfo\.txt$/
  const [, name, version = '', user, channel] = folders.exec(path) ?? []
  if (name === undefined) return undefined
  const dependencies = required.flatMap((line) => nameOfReference(line) ?? [])
  const reference = { name, version, user: used(user), channel: used(channel) }
  return [conanPackage(reference, { location: `/${path}`, dependencies }) ?? 'unreadable']
}

function used(folder: string | undefined): string | undefined {
  return folder === '_' ? undefined : folder
}

function* installed(required: readonly string[], location: string): Generator<Outcome> {
  for (const line of required) yield referencedPackage(line, { location })
}
