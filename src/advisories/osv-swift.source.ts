import { defineOsvSource } from './osv.ts'
import { repositoryName } from './package-names.ts'

export default defineOsvSource({
  id: 'osv-swift',
  title: 'Swift advisories (OSV)',
  licence: 'CC-BY-4.0',
  homepage: 'https://github.com/advisories?query=ecosystem%3Aswift',
  ecosystem: 'SwiftURL',
  namespace: 'swift',
  scheme: 'semver',
  normalizeName: repositoryName,
})
