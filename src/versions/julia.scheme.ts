import { defineVersionScheme } from './scheme.ts'
import { compareSemver, identifiersKey, semverKey } from './semver-order.ts'

export default defineVersionScheme<string>({
  id: 'julia',
  title: 'Julia packages',
  spec: 'https://docs.julialang.org/en/v1/manual/strings/#man-version-number-literals',

  /**
   * Semantic versioning where `1.0rc1` needs no hyphen, `1.0-` comes before every pre-release of 1.0, and
   * the build counts: `1.0+` comes after 1.0 and before `1.0+0`.
   */
  parse(text) {
    const match =
      /^v?(?<release>\d+(?:\.\d+){0,2})(?<preRelease>-|[A-Za-z][\dA-Za-z-]*(?:\.[\dA-Za-z-]+)*|-[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?(?<build>\+(?:[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?)?$/.exec(
        text,
      )
    if (match === null) return undefined
    const { release = '', preRelease, build } = match.groups ?? {}
    const isFirst = preRelease === '-'
    if (isFirst && build !== undefined) return undefined
    const version = isFirst ? firstPreRelease(release) : semverKey(semverText(release, preRelease))
    return version === undefined || build === undefined ? version : version + buildKey(build.slice(1))
  },

  compare: compareSemver,
})

function semverText(release: string, preRelease: string | undefined): string {
  return preRelease === undefined ? release : `${release}-${preRelease.replace(/^-/, '')}`
}

/** Cut before the mark of the pre-release `0`, the key sorts before every key of a pre-release. */
function firstPreRelease(release: string): string | undefined {
  return semverKey(`${release}-0`)?.slice(0, -identifiersKey('0').length)
}

const emptyBuild = '\u0001'

function buildKey(build: string): string {
  return build === '' ? emptyBuild : identifiersKey(build)
}
