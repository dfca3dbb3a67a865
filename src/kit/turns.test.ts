import { describe, expect, it } from 'vitest'
import { atOnce, inTurns, Turns, type Work } from './turns.ts'

describe('turns', () => {
  it('are due after a while, and lets what waits run', async () => {
    const turns = new Turns()
    let hasRun = false
    setTimeout(() => {
      hasRun = true
    }, 0)
    expect(turns.isDue).toBe(false)
    const end = performance.now() + 60
    while (performance.now() < end);
    expect(turns.isDue).toBe(true)
    await turns.give()
    await turns.give()
    expect(hasRun).toBe(true)
    expect(turns.isDue).toBe(false)
  })

  it('end the work when it was interrupted', async () => {
    const interruption = new AbortController()
    const turns = new Turns(interruption.signal)
    setTimeout(() => interruption.abort(new Error('enough')), 0)
    await expect(
      (async () => {
        for (;;) await turns.give()
      })(),
    ).rejects.toThrow('enough')
  })
})

describe('work', () => {
  function* counting(end: number): Work<number> {
    let count = 0
    while (count < end) {
      count += 1
      yield
    }
    return count
  }

  it('comes to the same at once and in turns', async () => {
    expect(atOnce(counting(10))).toBe(10)
    expect(await inTurns(counting(10), new AbortController().signal)).toBe(10)
  })

  it('that has no end of its own ends with the signal', async () => {
    const interruption = new AbortController()
    setTimeout(() => interruption.abort(new Error('enough')), 0)
    await expect(inTurns(counting(Number.POSITIVE_INFINITY), interruption.signal)).rejects.toThrow('enough')
  })
})
