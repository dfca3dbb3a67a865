import { execFileSync } from 'node:child_process'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import nodeSemver from 'semver'
import { describe, expect, it } from 'vitest'
import deb from '#versions/deb.scheme.ts'
import npm from '#versions/npm.scheme.ts'
import rpm from '#versions/rpm.scheme.ts'
import semver from '#versions/semver.scheme.ts'
import { describeWith } from '../helpers/components.ts'
import { type Pair, pairsOf, signOf, verdictOf } from '../helpers/version-pairs.ts'

describeWith(['dpkg', 'sh'], 'deb versions and dpkg', () => {
  it('agree on thousands of pairs', () => {
    const upstream = fc.stringMatching(/^[0-2][ab01.+~Z-]{0,5}$/)
    const epoch = fc.constantFrom('', '', '', '0:', '1:', '01:')
    const revision = fc.oneof(fc.constant(''), fc.stringMatching(/^-[ab01.+~]{1,4}$/))
    const version = fc.tuple(epoch, upstream, revision).map((parts) => parts.join(''))
    const claims = pairsOf(version, 3000).flatMap(([a, b]) => {
      const verdict = verdictOf(deb, a, b)
      return verdict === undefined ? [] : [`${a} ${verdict === '<' ? 'lt' : verdict === '>' ? 'gt' : 'eq'} ${b}`]
    })
    expect(claims.length).toBeGreaterThan(2000)
    expect(refutedByDpkg(claims)).toEqual([])
  })
})

describeWith(['rpm'], 'rpm versions and rpm', () => {
  it('agree on thousands of pairs', () => {
    const part = fc.stringMatching(/^[ab012.~^_-]{1,6}$/)
    const epoch = fc.constantFrom('', '', '', '0:', '1:', '01:', ':')
    const version = fc.tuple(epoch, part, fc.constantFrom('', '-', '-1', '-1.el9', '-0')).map((parts) => parts.join(''))
    const pairs = pairsOf(version, 20_000)
    const verdicts = verdictsOfRpm(pairs)
    const wrong = pairs.filter(([a, b], i) => verdictOf(rpm, a, b) !== verdicts[i])
    expect(verdicts).toHaveLength(pairs.length)
    expect(wrong).toEqual([])
  })
})

describe('npm and semver versions and node-semver', () => {
  it.each([npm, semver])('agree on thousands of pairs', (scheme) => {
    const core = fc.stringMatching(/^(?:0|[12]|10)\.(?:0|[12]|10)\.(?:0|[12]|10)$/)
    const field = fc.stringMatching(/^(?:0|[1-9][0-9]{0,2}|[aB-][aB0-]{0,2})$/)
    const preRelease = fc
      .array(field, { maxLength: 3 })
      .map((fields) => (fields.length === 0 ? '' : `-${fields.join('.')}`))
    const version = fc.tuple(core, preRelease, fc.constantFrom('', '', '+b', '+b.1')).map((parts) => parts.join(''))
    const pairs = pairsOf(version, 20_000).filter((pair) => pair.every((text) => nodeSemver.valid(text) !== null))
    const wrong = pairs.filter(([a, b]) => verdictOf(scheme, a, b) !== signOf(nodeSemver.compare(a, b)))
    expect(pairs.length).toBeGreaterThan(10_000)
    expect(pairs.some(([a, b]) => verdictOf(scheme, a, b) === '=' && a !== b)).toBe(true)
    expect(wrong).toEqual([])
  })
})

/** One shell, one dpkg per claim; returns the claims that dpkg denies. */
function refutedByDpkg(claims: readonly string[]): string[] {
  const script = 'while read -r a op b; do dpkg --compare-versions "$a" "$op" "$b" || echo "$a $op $b"; done'
  return execFileSync('sh', ['-c', script], { input: `${claims.join('\n')}\n`, encoding: 'utf8', stdio: 'pipe' })
    .split('\n')
    .filter((line) => line !== '')
}

/** One rpm for all pairs. */
function verdictsOfRpm(pairs: readonly Pair[]): string[] {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-versions-'))
  const file = join(folder.path, 'pairs')
  writeFileSync(file, pairs.map((pair) => `${pair.join(' ')}\n`).join(''))
  const script = `%{lua: for l in io.lines("${file}") do local a, b = string.match(l, "(%S+) (%S+)"); io.write(rpm.vercmp(a, b), "\\n") end}`
  const output = execFileSync('rpm', ['--eval', script], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return output
    .trim()
    .split(/\s+/)
    .map((number) => signOf(Number(number)))
}
