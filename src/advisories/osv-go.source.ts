import { defineOsvSource } from './osv.ts'

export default defineOsvSource({
  id: 'osv-go',
  title: 'Go vulnerability database (OSV)',
  licence: 'CC-BY-4.0',
  homepage: 'https://pkg.go.dev/vuln/',
  ecosystem: 'Go',
  namespace: 'go',
  scheme: 'go',
})
