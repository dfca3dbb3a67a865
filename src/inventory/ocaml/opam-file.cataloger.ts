import { defineCataloger } from '../cataloger.ts'
import { dependenciesOf, isKept } from './opam-dependencies.ts'

/** Not read beside its lock file, nor where opam keeps sources and descriptions of others. */
export default defineCataloger({
  id: 'opam-file',
  version: 1,
  ecosystem: 'opam',
  proves: 'declared',
  title: 'opam file of a project (*.opam)',
  spec: 'https://opam.ocaml.org/doc/Manual.html#opam',
  files: ['**/*.opam'],
  finds: ['packages'],

  async catalog(file, context) {
    if (isKept(file.path) || context.typeOf(`${file.path}.locked`) === 'file') return []
    return dependenciesOf(await file.text(), `/${file.path}`)
  },
})
