import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { mapConcurrently } from './concurrency.ts'

describe('mapConcurrently', () => {
  it('keeps the order of the items and never runs more than the width', async () => {
    let running = 0
    let most = 0
    const results = await mapConcurrently([5, 1, 3, 2, 4], 2, async (turns) => {
      running += 1
      most = Math.max(most, running)
      for (let i = 0; i < turns; i++) await turn()
      running -= 1
      return turns * 10
    })
    expect(results).toEqual([50, 10, 30, 20, 40])
    expect(most).toBe(2)
  })

  it('starts nothing new after a failure, waits for what runs, and throws the first one', async () => {
    const started: number[] = []
    const finished: number[] = []
    const work = mapConcurrently([0, 1, 2, 3], 2, async (item) => {
      started.push(item)
      await turn()
      if (item === 0) throw new Error('first')
      await turn()
      finished.push(item)
    })
    await expect(work).rejects.toThrow('first')
    expect(started).toEqual([0, 1])
    expect(finished).toEqual([1])
  })
})
