import { defineVersionScheme } from './scheme.ts'
import { compareSemver, semverKey } from './semver-order.ts'
import { numberKey } from './sort-key.ts'

export default defineVersionScheme<string>({
  id: 'bitnami',
  title: 'Bitnami packages',
  spec: 'https://github.com/bitnami/go-version',

  /** Semantic versioning, but a number behind the last hyphen counts the builds of that version, from 0. */
  parse(text) {
    const { version = '', build = '' } = /^(?<version>.*?)(?:-(?<build>\d+))?$/.exec(text)?.groups ?? {}
    const key = semverKey(version)
    return key === undefined ? undefined : key + numberKey(build, 0, build.length)
  },

  compare: compareSemver,
})
