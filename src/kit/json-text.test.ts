import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonText } from './json.ts'

describe('printed JSON', () => {
  it('says the same as any other JSON of the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('holds nothing that could drive a terminal or turn the order of text', () => {
    const all = String.fromCharCode(...Array.from({ length: 0x2070 }, (_, code) => code))
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(jsonText({ [all]: all })).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/,
    )
  })

  it('is indented and ends with a newline', () => {
    expect(jsonText({ a: ['b'] })).toBe('{\n  "a": [\n    "b"\n  ]\n}\n')
  })
})
