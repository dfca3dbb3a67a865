import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PhpValue, readSerialized } from './serialized.ts'

describe('serialised values of PHP', () => {
  it.each<[string, PhpValue]>([
    ['N;', null],
    ['b:1;', true],
    ['i:-5;', -5],
    ['d:0.5;', 0.5],
    ['d:INF;', 0],
    ['s:5:"añb"";', 'añb"'],
    ['a:0:{}', new Map()],
    [
      'a:2:{i:0;s:1:"a";s:1:"k";a:1:{i:1;N;}}',
      new Map<string | number, PhpValue>([
        [0, 'a'],
        ['k', new Map([[1, null]])],
      ]),
    ],
  ])('%s', (text, value) => {
    expect(readSerialized(Buffer.from(text))).toEqual(value)
  })

  it('are read back as they were written', () => {
    const values = fc.letrec<{ value: PhpValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
        fc.array(fc.tuple(fc.oneof(fc.integer(), fc.string()), tie('value'))).map((pairs) => new Map(pairs)),
      ),
    })).value
    fc.assert(
      fc.property(values, (value) => {
        expect(readSerialized(Buffer.from(serialized(value)))).toEqual(value)
      }),
    )
  })

  it.each([
    [''],
    ['s:5:"abc";'],
    ['s:3:"abcd";'],
    ['s:99999999999:"a";'],
    ['a:1:{i:0;N;'],
    ['a:1:{N;N;}'],
    ['a:-1:{}'],
    ['O:8:"stdClass":0:{}'],
    ['R:1;'],
    ['i:'],
    ['a:2:{i:0;N;}'],
  ])('%s is refused', (text) => {
    expect(() => readSerialized(Buffer.from(text))).toThrow('serialised data is damaged at byte')
  })

  it('may not be deep', () => {
    expect(() => readSerialized(Buffer.from('a:1:{i:0;'.repeat(5000)))).toThrow('too deep or has too many values')
  })
})

function serialized(value: PhpValue): string {
  if (value === null) return 'N;'
  if (typeof value === 'boolean') return `b:${Number(value)};`
  if (typeof value === 'number') return `i:${value};`
  if (typeof value === 'string') return `s:${Buffer.byteLength(value)}:"${value}";`
  const members = Array.from(value, ([key, member]) => serialized(key) + serialized(member))
  return `a:${members.length}:{${members.join('')}}`
}
