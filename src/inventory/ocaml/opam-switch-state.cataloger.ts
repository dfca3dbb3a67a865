import { parentOf } from '#kit/path.ts'
import { type CatalogContext, defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { readOpam, textsOf } from './opam-format.ts'
import { opamPackage, splitIdentifier } from './opam-package.ts'

/** What a switch says is installed in it. A package whose description is there is read from that. */
export default defineCataloger({
  id: 'opam-switch-state',
  version: 1,
  ecosystem: 'opam',
  proves: 'installed',
  title: 'State of an opam switch',
  spec: 'https://opam.ocaml.org/doc/Manual.html#switch-state',
  files: ['**/.opam-switch/switch-state'],
  finds: ['packages'],

  async catalog(file, context) {
    const location = `/${file.path}`
    const installed = textsOf(readOpam(await file.text(), location).get('installed'))
    return withCounts(outcomesOf(installed, { folder: parentOf(file.path), location, context }), location)
  },
})

interface Switch {
  readonly folder: string
  readonly location: string
  readonly context: CatalogContext
}

function* outcomesOf(installed: readonly string[], { folder, location, context }: Switch): Generator<Outcome> {
  for (const text of installed) {
    const identifier = splitIdentifier(text)
    if (context.typeOf(`${folder}/packages/${text}/opam`) === 'file') yield 'left-out'
    else yield (identifier && opamPackage(identifier, location)) ?? 'unreadable'
  }
}
