import { defineCataloger } from '../cataloger.ts'
import { dependenciesOf, isKept } from './opam-dependencies.ts'

export default defineCataloger({
  id: 'opam-locked',
  version: 1,
  ecosystem: 'opam',
  proves: 'locked',
  title: 'opam lock file (*.opam.locked)',
  spec: 'https://opam.ocaml.org/doc/man/opam-lock.html',
  files: ['**/*.opam.locked'],
  finds: ['packages'],

  async catalog(file) {
    return isKept(file.path) ? [] : dependenciesOf(await file.text(), `/${file.path}`)
  },
})
