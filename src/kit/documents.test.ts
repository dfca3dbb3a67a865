import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseToml } from './toml.ts'
import { childOf, childrenOf, parseXml, textOf } from './xml.ts'
import { parseYaml } from './yaml.ts'

describe('XML', () => {
  it('is read as a tree, by local names', () => {
    const root = parseXml(
      `\uFEFF<?xml version="1.0"?><p:a x="1 &lt; 2"><b> one </b><b/><c><![CDATA[<&]]></c></p:a>`,
      'a.xml',
    )
    expect(root).toMatchObject({ name: 'p:a', localName: 'a', attributes: { x: '1 < 2' } })
    expect(childrenOf(root, 'b').map(({ text }) => text)).toEqual(['one', ''])
    expect([textOf(root, 'c'), textOf(root, 'd'), childOf(undefined, 'b')]).toEqual(['<&', undefined, undefined])
  })

  it.each([
    ['an own entity', '<!DOCTYPE a [<!ENTITY b "xxxx">]><a>&b;</a>', 'malformed'],
    ['a file from elsewhere', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'malformed'],
    ['an open element', '<a><b></a>', 'malformed'],
    ['nothing', '', 'malformed'],
    ['text', 'hello', 'malformed'],
    ['too many levels', '<a>'.repeat(201), 'limit_exceeded'],
  ])('with %s is refused', (_what, text, code) => {
    expect(() => parseXml(text, 'a.xml')).toThrow(expect.objectContaining({ code, at: 'a.xml' }))
  })
})

describe('TOML', () => {
  it('is read, large integers too, and names of prototypes are left out', () => {
    const Table = z.object({ a: z.bigint(), list: z.array(z.object({ b: z.string() })) })
    const text = 'a = 9007199254740993\n__proto__ = 1\n[[list]]\nb = "c"\n'
    expect(parseToml(Table, text, 'a.toml')).toEqual({ a: 9_007_199_254_740_993n, list: [{ b: 'c' }] })
  })

  it.each([['a = '], ['a = 1\na = 2'], ['['.repeat(20_000)], [`a = ${'['.repeat(20_000)}`]])(
    '%.9s is refused',
    (text) => {
      expect(() => parseToml(z.unknown(), text, 'a.toml')).toThrow(expect.objectContaining({ code: 'malformed' }))
    },
  )
})

describe('YAML', () => {
  it('leaves dates and yes as text', () => {
    expect(parseYaml(z.unknown(), 'a: 2024-01-02\nb: yes\nc: [1, true, ~]\n', 'a.yaml')).toEqual({
      a: '2024-01-02',
      b: 'yes',
      c: [1, true, null],
    })
  })

  it.each([
    ['a: [', 'an open list'],
    [`a: &a [1]\nb: [${'*a, '.repeat(101)}]`, 'many aliases'],
    ['['.repeat(5000), 'many levels'],
    ['a: !!js/function x', 'a tag of a language'],
    ['a: 1\n---\nb: 2', 'two documents'],
  ])('%.9s with %s is refused', (text) => {
    expect(() => parseYaml(z.unknown(), text, 'a.yaml')).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})
