import { defineOsvSource } from './osv.ts'
import { pythonName } from './package-names.ts'

export default defineOsvSource({
  id: 'osv-pypi',
  title: 'Python advisories (OSV)',
  licence: 'CC-BY-4.0',
  homepage: 'https://github.com/pypa/advisory-database',
  ecosystem: 'PyPI',
  namespace: 'pypi',
  scheme: 'pep440',
  normalizeName: pythonName,
})
