import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { readOpam, textsOf } from './opam-format.ts'

function fieldsOf(text: string): Record<string, string[]> {
  return Object.fromEntries([...readOpam(text, '/x')].map(([name, items]) => [name, textsOf(items)]))
}

describe('an opam file', () => {
  it.each<[string, string, Record<string, string[]>]>([
    ['a string', 'license: "MIT"', { license: ['MIT'] }],
    ['a list', 'a: ["x" "y\\"z"]\nb: []', { a: ['x', 'y"z'], b: [] }],
    ['a long string', 'd: """\\\nsays "x"\n"""\ne: "f"', { d: ['\\\nsays "x"\n'], e: ['f'] }],
    [
      'words',
      'available: arch != "x" & os = "linux"\nflags: light-uninstall',
      { available: ['x', 'linux'], flags: [] },
    ],
    [
      'a section',
      'url { src: "a" checksum: ["b"] }\nend: "c"',
      { 'url.src': ['a'], 'url.checksum': ['b'], end: ['c'] },
    ],
    ['a named section', 'extra-source "p" { src: "a" }', { 'extra-source.src': ['a'] }],
    ['a formula', 'depends: [("a" | "b" {>= "1"}) & "c"]', { depends: ['a', 'b', 'c'] }],
    ['comments', '# x: "1"\na: "b" (* c: "d" *) e: "f"', { a: ['b'], e: ['f'] }],
    ['a file that ends too early', 'a: ["b" {>= "1"', { a: ['b'] }],
  ])('has %s', (_, text, fields) => {
    expect(fieldsOf(text)).toEqual(fields)
  })

  it('keeps what is in braces apart from the values', () => {
    const [item] = readOpam('depends: ["a" {= "1" & build}]', '/x').get('depends') ?? []
    expect(item?.filter.map(({ text }) => text)).toEqual(['=', '1', '&', 'build'])
  })

  it.each(['a: "b', 'a: ;', 'a: \u0000'])('is not %j', (text) => {
    expect(() => readOpam(text, '/x')).toThrow(Problem)
  })

  it('holds the strings that were written, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        const written = texts.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`)
        expect(fieldsOf(`a: [${written.join(' ')}] b: "c"`)).toEqual({ a: texts, b: ['c'] })
      }),
    )
  })
})
