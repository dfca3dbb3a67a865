import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import apk from '#versions/apk.scheme.ts'
import deb from '#versions/deb.scheme.ts'
import rpm from '#versions/rpm.scheme.ts'
import { compareVersions, type VersionScheme } from '#versions/scheme.ts'
import semver from '#versions/semver.scheme.ts'
import { describeShared, shared } from '../helpers/components.ts'

const schemes: readonly [string, VersionScheme<string>][] = [
  ['debian', deb],
  ['redhat', rpm],
  ['alpine', apk],
  ['semver', semver],
]

describeShared('versions ordered by the tools of each ecosystem', () => {
  it.each(schemes)('%s', (family, scheme) => {
    const cases = readCases(family)
    const wrong = cases.filter(({ left, sign, right }) => signOf(compareVersions(scheme, left, right)) !== sign)
    expect(cases.length).toBeGreaterThan(0)
    expect(wrong).toEqual([])
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
