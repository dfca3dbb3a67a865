import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { versionSchemes } from './registry.generated.ts'

const pieces = [
  ['0', '1', '9', '00', '10', '01', '4294967296', '99999999999999999999999'],
  ['.', '-', '+', '~', '^', ':', '_', 'v', 'go', '-r', '-r1', '_p', '_alpha', '_foo', ' ', ' X:fips', 'é', '/'],
  ['a', 'b', 'Z', 'rc', 'rc1', 'beta', '-0', '-0.2023', '+incompatible', '..', '=', '\n', '\u0000'],
  [
    'alpha',
    'M',
    'sp',
    'x',
    'final',
    '-SNAPSHOT',
    '.RC1',
    'dev',
    'post',
    '.dev1',
    'p1',
    'u',
    '8u',
    '-b',
    'ea',
    '*',
    '!',
    '#',
    '.x',
  ],
].flat()
const version = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((chosen) => chosen.join('')) },
  {
    weight: 2,
    arbitrary: fc.stringMatching(/^v?[0-2]\.[0-2]{1,2}(?:\.[0-2])?(?:[-_~^+][a-c0-2]{1,3}(?:[.-][a-c0-2]{1,2})?)?$/),
  },
  { weight: 1, arbitrary: fc.string() },
)

const edges = [
  ['', ''],
  ['1', '\0'],
  ['1.0-', '!'],
  ['a', '-1x'],
] as const

describe.each(Object.entries(versionSchemes))('version scheme %s', (id, load) => {
  it('is named for its file and says what it implements', async () => {
    const { default: scheme } = await load()
    expect(scheme.id).toBe(id)
    expect(scheme.title).not.toBe('')
    expect(new URL(scheme.spec).protocol).toBe('https:')
  })

  it('orders any versions totally', async () => {
    const { default: scheme } = await load()
    const sign = (a: unknown, b: unknown): number => Math.sign(scheme.compare(a, b))
    const parsed = fc.array(version, { minLength: 3, maxLength: 12 }).map((texts) =>
      texts.flatMap((text) => {
        const value = scheme.parse(text)
        return value === undefined ? [] : [value]
      }),
    )
    fc.assert(
      fc.property(parsed, (values) => {
        for (const a of values) {
          expect(sign(a, a)).toBe(0)
          for (const b of values) {
            expect(sign(a, b) + sign(b, a)).toBe(0)
            for (const c of values) {
              if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBe(Math.min(sign(a, b), sign(b, c)))
            }
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('takes time in proportion to the length of a text', async () => {
    const { default: scheme } = await load()
    const started = performance.now()
    for (const piece of pieces) {
      for (const [start, end] of edges) {
        const value = scheme.parse(start + piece.repeat(1500) + end)
        if (value !== undefined) expect(scheme.compare(value, value)).toBe(0)
      }
    }
    expect(performance.now() - started).toBeLessThan(20_000)
  })

  it('parses or refuses any text, and refuses the empty one', async () => {
    const { default: scheme } = await load()
    expect(scheme.parse('')).toBeUndefined()
    fc.assert(
      fc.property(fc.oneof(version, fc.string({ unit: 'binary' })), (text) => {
        const value = scheme.parse(text)
        if (value !== undefined) expect(scheme.compare(value, scheme.parse(text))).toBe(0)
      }),
    )
  })

  it('compares numbers of any length exactly', async () => {
    const { default: scheme } = await load()
    const digits = '9'.repeat(100_000)
    const [older, newer] = [scheme.parse(`1.0.${digits}8`), scheme.parse(`1.0.${digits}9`)]
    expect(older).toBeDefined()
    expect(scheme.compare(older, newer)).toBeLessThan(0)
    expect(scheme.compare(newer, scheme.parse(`1.0.1${'0'.repeat(100_001)}`))).toBeLessThan(0)
  })

  it.each([
    '1',
    '0',
    'a',
    '1.',
    '.',
    '-',
    '~',
    '^',
    '_',
    '1a',
    '-r1',
    '_p1',
    '1:',
    '-1.',
    'v',
    ' ',
    'rc',
    'x1',
    '.0',
    '-0',
    '.a',
    '_1',
    '+',
    '-x',
    '.x',
    'p',
  ])('takes linear time for 100,000 times %j', async (part) => {
    const { default: scheme } = await load()
    const long = part.repeat(100_000)
    const start = performance.now()
    for (const text of [long, `1${long}`, `1.0.0-${long}`, `1.0.0+${long}`]) {
      const value = scheme.parse(text)
      if (value !== undefined) expect(scheme.compare(value, value)).toBe(0)
    }
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
