import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

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
