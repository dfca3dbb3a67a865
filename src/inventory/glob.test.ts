import fc from 'fast-check'
import picomatch from 'picomatch'
import { describe, expect, it } from 'vitest'
import { isBelow, matchesGlob, parseGlob } from './glob.ts'

describe('a glob', () => {
  it('matches what picomatch says, in names without line ends', () => {
    const name = fc.constantFrom('a', 'b', 'ab', '@a', '@', '.a', 'a.json', 'node_modules')
    const segment = fc.oneof(name, fc.constantFrom('*', '@*', '*.json', 'a*', '?'))
    const glob = fc.tuple(fc.boolean(), fc.array(segment, { minLength: 1, maxLength: 4 }))
    const path = fc.array(name, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(glob, path, ([isAnywhere, segments], names) => {
        const text = [...(isAnywhere ? ['**'] : []), ...segments].join('/')
        const expected = picomatch(text, { dot: true })(names.join('/'))
        expect(matchesGlob(parseGlob(text), names.join('/'))).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['**/node_modules/*/package.json', 'new\nline/node_modules/a\nb/package.json', true],
    ['**/a', '', false],
    ['*', '', false],
    ['a/b', 'b', false],
    ['a/b', 'x/a/b', false],
  ])('%s on %j: %s', (glob, path, matches) => {
    expect(matchesGlob(parseGlob(glob), path)).toBe(matches)
  })

  it('may have ** only in front', () => {
    for (const text of ['a/**', 'a/**/b', '**', '**/a/**']) expect(() => parseGlob(text)).toThrow(RangeError)
  })

  it.each([
    ['usr/lib/*/nodejs', 'usr/lib/x/nodejs/a/b', true],
    ['usr/lib/*/nodejs', 'usr/lib/x/nodejs', false],
    ['usr/lib/*/nodejs', 'usr/lib/nodejs/a/b', false],
  ])('of a folder, %s, has %s below: %s', (glob, path, expected) => {
    expect(isBelow(parseGlob(glob), path)).toBe(expected)
  })
})
