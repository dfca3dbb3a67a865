import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Front } from './front.ts'

/** A byte tells how many follow it; zero ends. */
function need(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] ?? 0)
  return at + 1
}

const file = Buffer.from([3, 9, 9, 9, 1, 9, 0, 7, 7, 7])

it('keeps as much as the headers say, wherever the chunks are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(file.length), { maxLength: 5 }), (cuts) => {
      const front = new Front(need, 100)
      const places = [0, ...cuts.toSorted((a, b) => a - b), file.length]
      for (const [index, place] of places.slice(1).entries()) front.write(file.subarray(places[index], place))
      expect([front.isWhole, front.bytes]).toEqual([true, file.subarray(0, 7)])
    }),
  )
})

it('is not whole where the file ends before', () => {
  const front = new Front(need, 100)
  front.write(file.subarray(0, 6))
  expect(front.isWhole).toBe(false)
})

it('is given up where too much is needed', () => {
  expect(() => new Front(need, 50).write(Buffer.from([60]))).toThrow('longer than 50 bytes')
  expect(() => new Front(need, 1000).write(Buffer.alloc(200, 1))).toThrow('more than 64 parts')
})
