import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-maven',
  title: 'Maven advisories (OSV)',
  licence: 'CC-BY-4.0',
  homepage: 'https://github.com/advisories?query=ecosystem%3Amaven',
  ecosystem: 'Maven',
  namespace: 'maven',
  scheme: 'maven',
})
