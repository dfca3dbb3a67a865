import { defineVersionScheme } from './scheme.ts'
import { compareSemver, semverKey } from './semver-order.ts'

export default defineVersionScheme<string>({
  id: 'nuget',
  title: 'NuGet packages',
  spec: 'https://learn.microsoft.com/nuget/concepts/package-versioning',

  /** Semantic versioning with a fourth number, and pre-releases that differ in case are the same. */
  parse(text) {
    return semverKey(text.toLowerCase(), 4)
  },

  compare: compareSemver,
})
