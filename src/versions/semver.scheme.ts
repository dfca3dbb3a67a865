import { defineVersionScheme } from './scheme.ts'
import { compareSemver, semverKey } from './semver-order.ts'

export default defineVersionScheme<string>({
  id: 'semver',
  title: 'Semantic Versioning',
  spec: 'https://semver.org/spec/v2.0.0.html',

  parse(text) {
    return semverKey(text.startsWith('v') ? text.slice(1) : text)
  },

  compare: compareSemver,
})
