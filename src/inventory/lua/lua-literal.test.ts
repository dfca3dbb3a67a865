import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { isTable, type LuaValue, readLua } from './lua-literal.ts'

function plain(value: LuaValue): unknown {
  return isTable(value) ? Object.fromEntries([...value.fields].map(([name, field]) => [name, plain(field)])) : value
}

function valueOf(expression: string): unknown {
  return plain(readLua(`a = ${expression}`, '/x').get('a'))
}

describe('a Lua constant', () => {
  it.each([
    ['"x\\n\\"\\65\\122"', 'x\n"Az'],
    ['[==[\na]]b]==]', 'a]]b'],
    ['0x1F', 31],
    ['-1.5e2', -150],
    ['nil', undefined],
    ['true', true],
    ['{ 1, "b"; c = { [3] = false, ["d e"] = 2, }, }', { 1: 1, 2: 'b', c: { 3: false, 'd e': 2 } }],
    ['("1" .. ".") .. 2 --[[ x ]] -- y', '1.2'],
  ])('%s is read', (expression, value) => {
    expect(valueOf(expression)).toEqual(value)
  })

  it('may name what was assigned before', () => {
    const globals = readLua('local v = { major = 2 }; version = v.major .. ".1-1" return { a = version }', '/x')
    expect([globals.get('version'), plain(globals.get('return'))]).toEqual(['2.1-1', { a: '2.1-1' }])
  })

  it.each([
    "'it''s'",
    'f()',
    'os.getenv("x")',
    'b',
    '1 + 1',
    '{',
    '"x',
    '{ 1 2 }',
    '#t',
    'function() end',
    '{} .. "x"',
  ])('%s is refused', (expression) => {
    expect(() => valueOf(expression)).toThrow(Problem)
  })

  it('is the text that was quoted, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const quoted = text.replaceAll(/["\\\n]/g, (char) => `\\${String(char.charCodeAt(0)).padStart(3, '0')}`)
        expect(valueOf(`"${quoted}"`)).toBe(text)
      }),
    )
  })
})
