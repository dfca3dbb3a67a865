import { defineOsvSource } from './osv.ts'
import { lowerCaseName } from './package-names.ts'

export default defineOsvSource({
  id: 'osv-nuget',
  title: 'NuGet advisories (OSV)',
  licence: 'CC-BY-4.0',
  homepage: 'https://github.com/advisories?query=ecosystem%3Anuget',
  ecosystem: 'NuGet',
  namespace: 'nuget',
  scheme: 'nuget',
  normalizeName: lowerCaseName,
})
