import { defineVersionScheme } from './scheme.ts'
import { compareSemver, semverKey } from './semver-order.ts'

export default defineVersionScheme<string>({
  id: 'npm',
  title: 'npm packages',
  spec: 'https://github.com/npm/node-semver#versions',

  /** npm also takes `v1.2.3` and `=1.2.3`. */
  parse(text) {
    return semverKey(text.replace(/^=?v?/, ''))
  },

  compare: compareSemver,
})
