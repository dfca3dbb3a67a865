import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { versionSchemes } from '#versions/registry.generated.ts'
import { compareVersions } from '#versions/scheme.ts'
import { describeShared, shared } from '../helpers/components.ts'
import { deniedByMaven } from '../helpers/maven-deviations.ts'

/** The scheme of every family of cases. */
const families = {
  alpine: 'apk',
  cran: 'cran',
  debian: 'deb',
  hackage: 'hackage',
  maven: 'maven',
  nuget: 'nuget',
  packagist: 'composer',
  pub: 'pub',
  pypi: 'pep440',
  redhat: 'rpm',
  rubygems: 'rubygems',
  semver: 'semver',
}

/**
 * Cases that the tool of the ecosystem denies. They come from an older Maven: ComparableVersion of Maven
 * 3.8.7 takes `.x1` for `-x1` and says `>` to each (test/differential/language-versions.test.ts asks it).
 */
const deviations: Readonly<Record<string, readonly string[]>> = { maven: deniedByMaven }

describeShared('versions ordered by the tools of each ecosystem', () => {
  it.each(Object.entries(families))('%s by %s', async (family, id) => {
    const scheme = (await versionSchemes[id]?.())?.default
    const cases = readCases(family)
    const wrong = cases.filter(
      ({ left, sign, right }) => scheme === undefined || signOf(compareVersions(scheme, left, right)) !== sign,
    )
    expect(cases.length).toBeGreaterThan(0)
    expect(wrong.map(({ left, sign, right }) => `${left} ${sign} ${right}`)).toEqual(deviations[family] ?? [])
  })

  it('has a scheme for every file', () => {
    const found = readdirSync(shared('cases', 'versions')).map((file) => file.split('-')[0] ?? '')
    expect(new Set(found)).toEqual(new Set(Object.keys(families)))
  })
})

/** `a < b`, `a = b` or `a > b` on a line; `#` and `//` begin comments. */
function readCases(family: string): { left: string; sign: string; right: string }[] {
  return readdirSync(shared('cases', 'versions'))
    .filter((file) => new RegExp(`^${family}-versions(?:-generated)?\\.txt$`).test(file))
    .flatMap((file) => readFileSync(shared('cases', 'versions', file), 'utf8').split('\n'))
    .filter((line) => line.trim() !== '' && !/^\s*(?:#|\/\/)/.test(line))
    .map((line) => {
      const [left = '', sign = '', right = ''] = line.trim().split(/\s+/)
      return { left, sign, right }
    })
}

function signOf(comparison: number | undefined): string {
  return comparison === undefined ? 'not a version' : comparison < 0 ? '<' : comparison > 0 ? '>' : '='
}
