import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry, LayerContents } from './entry.ts'
import { KeptContent } from './kept-content.ts'

function file(path: string, sizeBytes: number): Entry {
  return { path, type: 'file', size: sizeBytes, mode: 0o644, uid: 0, gid: 0, content: Buffer.alloc(sizeBytes) }
}

function layerOf(...sizes: readonly number[]): LayerContents {
  return { entries: sizes.map((size, at) => file(`${at}`, size)), unknowns: [], bytes: 0 }
}

function keptSizes(kept: KeptContent, position: number): (number | undefined)[] | undefined {
  return kept.get(position, `layer ${position}`)?.entries.map(({ content }) => content?.length)
}

describe('what is kept of all layers together', () => {
  it('is everything while it fits', () => {
    const kept = new KeptContent(10)
    const [lower, upper] = [layerOf(5), layerOf(3, 2)]
    kept.add(0, lower)
    kept.add(1, upper)
    expect([kept.get(0, 'layer 0'), kept.get(1, 'layer 1')]).toEqual([lower, upper])
  })

  it('is of the upper layers first, and says what was let go', () => {
    const kept = new KeptContent(10)
    kept.add(1, layerOf(4, 4))
    kept.add(0, layerOf(1, 6, 1))
    expect(keptSizes(kept, 1)).toEqual([4, 4])
    expect(keptSizes(kept, 0)).toEqual([1, undefined, undefined])
    expect(kept.get(0, 'layer 0')?.unknowns).toEqual([
      { path: 'layer 0', reason: 'wanted files that were let go: 2; all of the image may take 10 bytes' },
    ])
  })

  it('never takes more than the limit, and is the same in whatever order the layers come', () => {
    const layers = fc.array(fc.array(fc.nat(20), { maxLength: 5 }), { maxLength: 6 })
    fc.assert(
      fc.property(layers, fc.nat(60), fc.infiniteStream(fc.nat()), (sizes, limit, numbers) => {
        const inOrder = new KeptContent(limit)
        const shuffled = new KeptContent(limit)
        const items = sizes.map((own, position) => ({ position, layer: layerOf(...own), key: numbers.next().value }))
        for (const { position, layer } of items) inOrder.add(position, layer)
        for (const { position, layer } of items.toSorted((one, other) => one.key - other.key))
          shuffled.add(position, layer)
        const result = items.map(({ position }) => inOrder.get(position, 'it'))
        expect(items.map(({ position }) => shuffled.get(position, 'it'))).toEqual(result)
        const sum = items
          .flatMap(({ position }) => keptSizes(inOrder, position) ?? [])
          .reduce<number>((total, size) => total + (size ?? 0), 0)
        expect(sum).toBeLessThanOrEqual(limit)
      }),
    )
  })
})
