import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-npm',
  title: 'npm advisories (OSV)',
  licence: 'CC-BY-4.0 (GitHub Advisory Database), Apache-2.0 (malicious packages)',
  homepage: 'https://github.com/advisories?query=ecosystem%3Anpm',
  ecosystem: 'npm',
  namespace: 'npm',
  scheme: 'npm',
})
