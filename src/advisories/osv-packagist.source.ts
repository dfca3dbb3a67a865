import { defineOsvSource } from './osv.ts'
import { lowerCaseName } from './package-names.ts'

export default defineOsvSource({
  id: 'osv-packagist',
  title: 'Packagist advisories (OSV)',
  licence: 'CC-BY-4.0 and MIT (Drupal)',
  homepage: 'https://github.com/advisories?query=ecosystem%3Acomposer',
  ecosystem: 'Packagist',
  namespace: 'packagist',
  scheme: 'composer',
  normalizeName: lowerCaseName,
})
