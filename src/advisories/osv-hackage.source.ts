import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-hackage',
  title: 'Haskell advisories (OSV)',
  licence: 'CC0-1.0',
  homepage: 'https://github.com/haskell/security-advisories',
  ecosystem: 'Hackage',
  namespace: 'hackage',
  scheme: 'hackage',
})
