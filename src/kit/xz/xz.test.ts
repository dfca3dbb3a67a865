import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged, edits } from '../../../test/helpers/damage.ts'
import { Problem } from '../errors.ts'
import { readXz } from './xz.ts'

/** `xz --check=crc32` of a line of text forty times. */
const text = 'the harbour is open from dawn to dusk\n'.repeat(40)
const packed = Buffer.from(
  '/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AXvADVdADoaCM52dmhZHJX9U9eH/VQ27tESk0R0YmtSldCbZ2v3pZ4vTAy3hrBuj8QjwAp7Bn2YxOYAAAAAAPsw1BYAAU3wCwAAADMapu8+MA2LAgAAAAABWVo=',
  'base64',
)

describe('xz data', () => {
  it('comes out as it went in', () => {
    expect(readXz(packed, 10_000).toString()).toBe(text)
  })

  it('is refused where more comes out than is allowed', () => {
    expect(() => readXz(packed, text.length - 1)).toThrow(expect.objectContaining({ code: 'limit_exceeded' }))
  })

  it.each([
    ['something else', Buffer.from('not xz at all')],
    ['nothing', Buffer.alloc(0)],
    ['a cut file', packed.subarray(0, packed.length / 2)],
    ['a changed byte', Buffer.from(packed).fill(0x55, 40, 41)],
  ])('is refused: %s', (_, bytes) => {
    expect(() => readXz(bytes, 10_000)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it('never does anything else when it is damaged', () => {
    fc.assert(
      fc.property(edits, (changes) => {
        expect(isHandled(damaged(packed, changes))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

function isHandled(bytes: Buffer): boolean {
  try {
    return readXz(bytes, 100_000).length <= 100_000
  } catch (error) {
    return error instanceof Problem
  }
}
