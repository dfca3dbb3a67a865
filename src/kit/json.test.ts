import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonValue, parseJson } from './json.ts'

describe('JSON from outside', () => {
  it('is read as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(jsonValue(text, 'x')).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each([
    ['', 'this is not JSON'],
    ['{"a":1', 'this is not JSON'],
    ['"open', 'this is not JSON'],
    ['"\\', 'this is not JSON'],
    ['[]', 'the document: Invalid input: expected object, received array'],
    ['{"a":{"b":"1"}}', 'a.b: Invalid input: expected number, received string'],
  ])('%j is refused: %s', (text, message) => {
    const schema = z.object({ a: z.object({ b: z.number() }) })
    expect(() => parseJson(schema, text, 'x')).toThrow(expect.objectContaining({ code: 'malformed', message, at: 'x' }))
  })

  it.each([
    ['deeper than 1000', '['.repeat(10_000_000)],
    ['deeper than 1000', `${'{"a":'.repeat(1001)}0${'}'.repeat(1001)}`],
    ['with more than 500000 values', `[${'0,'.repeat(500_001)}0]`],
  ])('is not read when it is %s', (what, text) => {
    const expected = expect.objectContaining({
      code: 'limit_exceeded',
      message: `JSON that is ${what}`.replace('that is with', 'with'),
    })
    expect(() => jsonValue(text, 'x')).toThrow(expected)
  })

  it('does not count what is in texts', () => {
    const text = '[{,"\\'.repeat(500_000)
    expect(jsonValue(JSON.stringify([text]), 'x')).toEqual([text])
    expect(jsonValue(`${'['.repeat(1000)}${']'.repeat(1000)}`, 'x')).toHaveLength(1)
  })
})
