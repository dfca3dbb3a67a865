import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-hex',
  title: 'Hex advisories (OSV)',
  licence: 'CC-BY-4.0',
  homepage: 'https://github.com/advisories?query=ecosystem%3Aerlang',
  ecosystem: 'Hex',
  namespace: 'hex',
  scheme: 'semver',
})
