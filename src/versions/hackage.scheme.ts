import { numberListKey } from './number-list.ts'
import { defineVersionScheme } from './scheme.ts'
import { compareKeys } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'hackage',
  title: 'Haskell packages',
  spec: 'https://pvp.haskell.org/',
  parse: (text) => (/^\d+(?:\.\d+)*$/.test(text) ? numberListKey(text.split('.')) : undefined),
  compare: compareKeys,
})
