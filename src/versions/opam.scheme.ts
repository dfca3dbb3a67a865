import { debPartKey } from './deb-order.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'opam',
  title: 'OCaml packages',
  spec: 'https://opam.ocaml.org/doc/Manual.html#Version-ordering',

  /** Ordered as Debian orders an upstream version; there are no epochs and no revisions. */
  parse(text) {
    return /^[\dA-Za-z.+_~-]+$/.test(text) ? debPartKey(text) : undefined
  },

  compare: compareKeys,
})
