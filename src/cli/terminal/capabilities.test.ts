import { describe, expect, it } from 'vitest'
import { showsColor, showsProgress } from './capabilities.ts'

describe('colour', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '3' }, false, true],
    [{ FORCE_COLOR: 'true' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
    [{ FORCE_COLOR: '' }, false, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    [{ TERM: 'dumb' }, true, false],
    [{ TERM: 'dumb', FORCE_COLOR: '1' }, true, true],
    [{ CI: 'true' }, true, false],
    [{ CI: 'false' }, true, true],
  ])('in %j, terminal %j: %j', (env, isTerminal, expected) => {
    expect(showsColor(env, isTerminal)).toBe(expected)
  })
})

describe('progress', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ CI: 'true' }, true, false],
    [{ CI: '1' }, true, false],
    [{ CI: '' }, true, true],
    [{ CI: 'false' }, true, true],
    [{ FORCE_COLOR: '1' }, false, false],
    [{ NO_COLOR: '1' }, true, true],
  ])('in %j, terminal %j: %j', (env, isTerminal, expected) => {
    expect(showsProgress(env, isTerminal)).toBe(expected)
  })
})
