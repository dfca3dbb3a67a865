import { describe, expect, it } from 'vitest'
import { debian, file, scanLayers } from '../../test/helpers/scan-layers.ts'
import { nothingFound } from './scan.ts'

describe('a scan', () => {
  it.each([
    ['nothing at all', [[]]],
    ['a distribution without packages', [[debian]]],
    ['files that nobody knows', [[file('app/server', 'text')]]],
  ])('of %s says that nothing could be judged', async (_name, layers) => {
    const { packages, unknowns } = await scanLayers(layers)
    expect(packages).toEqual([])
    expect(unknowns).toContain(nothingFound)
  })
})
