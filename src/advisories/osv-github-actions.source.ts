import { defineOsvSource } from './osv.ts'
import { lowerCaseName } from './package-names.ts'

export default defineOsvSource({
  id: 'osv-github-actions',
  title: 'GitHub Actions advisories (OSV)',
  licence: 'CC-BY-4.0',
  homepage: 'https://github.com/advisories?query=ecosystem%3Aactions',
  ecosystem: 'GitHub Actions',
  namespace: 'github-actions',
  scheme: 'semver',
  normalizeName: lowerCaseName,
})
