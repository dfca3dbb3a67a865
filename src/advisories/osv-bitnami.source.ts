import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-bitnami',
  title: 'Bitnami advisories (OSV)',
  licence: 'Apache-2.0',
  homepage: 'https://github.com/bitnami/vulndb',
  ecosystem: 'Bitnami',
  namespace: 'bitnami',
  scheme: 'bitnami',
})
