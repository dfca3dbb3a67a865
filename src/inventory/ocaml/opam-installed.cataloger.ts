import { defineCataloger, type Found } from '../cataloger.ts'
import { readOpam, textsOf } from './opam-format.ts'
import { hashesOf, isForDevelopment, opamPackage, splitIdentifier } from './opam-package.ts'

/** A switch keeps the description of every package that is installed in it, in a folder of its name and version. */
export default defineCataloger({
  id: 'opam-installed',
  version: 1,
  ecosystem: 'opam',
  proves: 'installed',
  title: 'Installed opam packages (.opam-switch/packages)',
  spec: 'https://opam.ocaml.org/doc/Manual.html#opam',
  files: ['**/.opam-switch/packages/*/opam'],
  finds: ['packages', 'licences', 'hashes', 'dependencies'],

  async catalog(file) {
    const folder = /\/([^/]+)\/opam$/.exec(file.path)?.[1] ?? ''
    return [installed(folder, await file.text(), `/${file.path}`)]
  },
})

function installed(folder: string, text: string, location: string): Found {
  const identifier = splitIdentifier(folder)
  const fields = readOpam(text, location)
  const needed = fields.get('depends')?.filter((item) => !isForDevelopment(item))
  const found =
    identifier &&
    opamPackage(
      {
        ...identifier,
        licences: textsOf(fields.get('license')),
        hashes: hashesOf(textsOf(fields.get('url.checksum'))),
        dependencies: textsOf(needed),
      },
      location,
    )
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: 'its folder does not name a package and its version' } }
}
