import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-cran',
  title: 'R advisories (OSV)',
  licence: 'Apache-2.0',
  homepage: 'https://github.com/RConsortium/r-advisory-database',
  ecosystem: 'CRAN',
  namespace: 'cran',
  scheme: 'cran',
})
