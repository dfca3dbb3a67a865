import { expect, it } from 'vitest'
import { exclusionOf } from './exclusion.ts'

it.each([
  ['node_modules', 'node_modules', true],
  ['node_modules', 'web/node_modules', true],
  ['node_modules/', 'web/node_modules', true],
  ['node_modules', 'web/node_modules.txt', false],
  ['*.jar', 'lib/a.jar', true],
  ['*.jar', '.a.jar', true],
  ['test/**', 'test', true],
  ['test/**', 'test/a/b', true],
  ['test/**', 'src/test', false],
  ['./test', 'test', true],
  ['/test', 'src/test', false],
  ['**/test', 'src/test', true],
  ['docs/*', 'docs/a', true],
  ['docs/*', 'docs', false],
  ['!docs', 'src', false],
])('%s leaves %s out: %s', (glob, path, expected) => {
  expect(exclusionOf([glob])(path)).toBe(expected)
})

it('nothing is left out without globs', () => {
  expect(exclusionOf([])('a')).toBe(false)
})
