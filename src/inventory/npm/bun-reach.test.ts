import { expect, it } from 'vitest'
import { reachedKeys } from './bun-reach.ts'

const needs: Readonly<Record<string, readonly string[]>> = {
  a: ['b', '@s/c'],
  b: [],
  'a/b': ['d'],
  '@s/c': ['b', 'a'],
  'a/@s/c': ['b', 'e'],
  d: [],
  e: ['e'],
  unused: ['e'],
}

it.each([
  ['its own copy before the one at the top', '', ['a'], ['a', 'a/@s/c', 'a/b', 'd', 'e']],
  ['the one at the top where it has none', '', ['@s/c'], ['@s/c', 'a', 'a/@s/c', 'a/b', 'b', 'd', 'e']],
  ['the copy of the project that asks', 'a', ['b'], ['a/b', 'd']],
  ['nothing for a name that nobody has', '', ['missing'], []],
])('a package gets %s', (_, at, names, expected) => {
  const keys = new Map(Object.entries(needs))
  const reached = reachedKeys([{ at, names }], { keys, needsOf: (key) => keys.get(key) ?? [] })
  expect([...reached].toSorted()).toEqual(expected)
})
