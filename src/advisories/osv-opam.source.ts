import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-opam',
  title: 'OCaml advisories (OSV)',
  licence: 'CC0-1.0',
  homepage: 'https://github.com/ocaml/security-advisories',
  ecosystem: 'opam',
  namespace: 'opam',
  scheme: 'opam',
})
