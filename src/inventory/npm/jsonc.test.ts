import fc from 'fast-check'
import { expect, it } from 'vitest'
import { plainJson } from './jsonc.ts'

it.each([
  ['a comma before the end', '[1,2,]', [1, 2]],
  ['a comma, blanks and comments before the end', '{"a":1, /* , */ // }\n }', { a: 1 }],
  ['marks inside of text', '["//", "/*", ",]", "\\",]"]', ['//', '/*', ',]', '",]']],
  ['a comment between values', '[1,// 2,\n3]', [1, 3]],
])('reads %s', (_, text, value) => {
  expect(JSON.parse(plainJson(text))).toEqual(value)
})

it('leaves two commas and a comma alone as wrong as they are', () => {
  expect([plainJson('[1,,]'), plainJson(','), plainJson('"a')]).toEqual(['[1,]', ',', '"a'])
})

it('leaves JSON as it is, however it is indented', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(4), (text, indent) => {
      const printed = JSON.stringify(JSON.parse(text), undefined, indent)
      expect(plainJson(printed)).toBe(printed)
    }),
  )
})

it('takes time in proportion to the text', () => {
  const worst = ['/*', '//', '"\\"', ', ', '[', ',]'].map((piece) => piece.repeat(500_000))
  const started = performance.now()
  worst.forEach(plainJson)
  expect(performance.now() - started).toBeLessThan(10_000)
})
