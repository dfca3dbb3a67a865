import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-pub',
  title: 'Dart and Flutter advisories (OSV)',
  licence: 'CC-BY-4.0',
  homepage: 'https://github.com/advisories?query=ecosystem%3Apub',
  ecosystem: 'Pub',
  namespace: 'pub',
  scheme: 'pub',
})
