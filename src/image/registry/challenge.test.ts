import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseChallenges } from './challenge.ts'

function plain(field: string): [string, Record<string, string>][] {
  return parseChallenges(field).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])
}

function quote(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

describe('parseChallenges', () => {
  it.each<[string, string, [string, Record<string, string>][]]>([
    ['nothing', '', []],
    [
      'the bearer challenge of a registry',
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/alpine:pull"',
      [
        [
          'bearer',
          {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:library/alpine:pull',
          },
        ],
      ],
    ],
    [
      'a quoted string with commas',
      'Bearer scope="a:pull,push",error=x',
      [['bearer', { scope: 'a:pull,push', error: 'x' }]],
    ],
    [
      'a quoted string with escapes',
      String.raw`Basic realm="say \"hi\" \\"`,
      [['basic', { realm: String.raw`say "hi" \ `.trim() }]],
    ],
    [
      'several challenges',
      'Basic realm="a", Bearer realm="b", charset=utf-8',
      [
        ['basic', { realm: 'a' }],
        ['bearer', { realm: 'b', charset: 'utf-8' }],
      ],
    ],
    [
      'a token68 before another challenge',
      'Negotiate YWJj==, Basic realm="x"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [
      'schemes without parameters',
      'Negotiate, Basic',
      [
        ['negotiate', {}],
        ['basic', {}],
      ],
    ],
    [
      'space around the equals sign and empty list items',
      ' , Basic realm = "x" ,, charset= y',
      [['basic', { realm: 'x', charset: 'y' }]],
    ],
    ['other cases of letters', 'BEARER Realm="x"', [['bearer', { realm: 'x' }]]],
    ['repeated parameters', 'Basic realm="1", realm="2"', [['basic', { realm: '1' }]]],
    [
      'an open quote',
      'Basic realm="1", Bearer realm="2',
      [
        ['basic', { realm: '1' }],
        ['bearer', {}],
      ],
    ],
    ['garbage', '(((', []],
  ])('reads %s', (_, field, expected) => {
    expect(plain(field)).toEqual(expected)
  })

  it('reads back what was written, for any value', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
    const parameters = fc.dictionary(name, fc.string({ unit: 'grapheme-ascii' }), { minKeys: 1, maxKeys: 4 })
    const challenges = fc.array(fc.tuple(name, parameters), { maxLength: 4 })
    fc.assert(
      fc.property(challenges, (written) => {
        const field = written
          .map(
            ([scheme, values]) =>
              `${scheme} ${Object.entries(values)
                .map(([key, value]) => `${key}=${quote(value)}`)
                .join(', ')}`,
          )
          .join(', ')
        expect(plain(field)).toEqual(written.map(([scheme, values]) => [scheme, { ...values }]))
      }),
    )
  })

  it('takes time in proportion to the field', () => {
    const start = performance.now()
    parseChallenges(`Basic x="${'\\"'.repeat(30_000)}`)
    parseChallenges(`Basic ${'a'.repeat(60_000)}`)
    parseChallenges('a, '.repeat(20_000))
    parseChallenges('a '.repeat(30_000))
    expect(performance.now() - start).toBeLessThan(500)
  })
})
