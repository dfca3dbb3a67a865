import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Window } from './window.ts'

it('keeps the end of what was passed over, at the right place of the stream', () => {
  const chunks = fc.array(fc.tuple(fc.uint8Array({ maxLength: 12 }), fc.boolean()), { maxLength: 12 })
  fc.assert(
    fc.property(chunks, fc.integer({ min: 0, max: 5 }), (parts, keptBytes) => {
      const window = new Window()
      let stream = Buffer.alloc(0)
      for (const [chunk, isPassed] of parts) {
        stream = Buffer.concat([stream, chunk])
        if (isPassed) window.passOver(chunk, keptBytes)
        else window.append(chunk)
        expect(window.offset + window.bytes.length).toBe(stream.length)
        expect(window.bytes).toEqual(stream.subarray(window.offset))
        if (isPassed) expect(window.bytes.length).toBe(Math.min(keptBytes, stream.length))
      }
    }),
  )
})
