import { defineVersionScheme } from './scheme.ts'
import { compareSemver, identifiersKey, semverKey } from './semver-order.ts'

export default defineVersionScheme<string>({
  id: 'pub',
  title: 'Dart and Flutter packages',
  spec: 'https://pub.dev/documentation/pub_semver/latest/pub_semver/Version/compareTo.html',

  /** Semantic versioning whose build metadata counts, ordered like a pre-release and after having none. */
  parse(text) {
    const version = semverKey(text.replace(/^v/, ''))
    const plus = text.indexOf('+')
    if (version === undefined || plus === -1) return version
    const build = text.slice(plus + 1)
    return /^[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*$/.test(build) ? version + identifiersKey(build) : undefined
  },

  compare: compareSemver,
})
