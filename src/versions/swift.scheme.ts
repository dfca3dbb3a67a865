import { defineVersionScheme } from './scheme.ts'
import { compareSemver, semverKey } from './semver-order.ts'

export default defineVersionScheme<string>({
  id: 'swift',
  title: 'Swift packages',
  spec: 'https://docs.swift.org/package-manager/PackageDescription/PackageDescription.html#version',

  /** A version is a tag of the repository, which may begin with `v`. */
  parse(text) {
    return semverKey(text.replace(/^v/, ''))
  },

  compare: compareSemver,
})
