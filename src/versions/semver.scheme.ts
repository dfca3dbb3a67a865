import { defineVersionScheme } from './scheme.ts'
import { compareSemver, semverKey } from './semver-order.ts'

export default defineVersionScheme<string>({
  id: 'semver',
  title: 'Semantic Versioning',
  spec: 'https://semver.org/spec/v2.0.0.html',

  /** Tags and tools write `v1.2.3` and `=1.2.3`. */
  parse(text) {
    return semverKey(text.replace(/^=?v?/, ''))
  },

  compare: compareSemver,
})
