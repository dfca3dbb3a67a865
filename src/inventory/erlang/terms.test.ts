import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTerms, type Term } from './terms.ts'

const list = (...items: Term[]): Term => ({ kind: 'list', items })
const tuple = (...items: Term[]): Term => ({ kind: 'tuple', items })

describe('terms of Erlang', () => {
  it.each<[string, Term[]]>([
    ['', []],
    ['% nothing\n', []],
    ['{a, \'B c\', "d" "e", <<"f">>, <<"g"/utf8>>}.', [tuple('a', 'B c', 'de', 'f', 'g')]],
    ['[1, -2.5, 1.0e-10, 16#FF, $a, $\\n, $", end].', [list(1, -2.5, '1.0e-10', '16#FF', 0, 0, 0, 'end')]],
    ['#{a => 1, "b" := [2]}.', [list(tuple('a', 1), tuple('b', list(2)))]],
    ['[a|b].', [list('a', 'b')]],
    ['{}. [].\n<<>>.', [tuple(), list(), '']],
    ['"a \\"quoted\\" \\\\ text".', ['a "quoted" \\ text']],
    ['<<1,2>>.', ['']],
  ])('%s', (text, terms) => {
    expect(readTerms(text, 'erlang')).toEqual(terms)
  })
})

describe('terms of Elixir', () => {
  it.each<[string, Term[]]>([
    ['%{}\n', [list()]],
    [
      '%{"a": {:hex, :"b-c", "1.0", [d: true, e: "f"]}, # comment\n "g" => nil,}',
      [list(tuple('a', tuple('hex', 'b-c', '1.0', list(tuple('d', 'true'), tuple('e', 'f')))), tuple('g', 'nil'))],
    ],
  ])('%s', (text, terms) => {
    expect(readTerms(text, 'elixir')).toEqual(terms)
  })
})

describe('what is no term', () => {
  it.each([['{a'], ['[a b].'], ['"a'], ['a'], ['<<"a".'], ['{a}}.'], ['fun() -> ok end.'], ['{a,\n\nb,\n]}.']])(
    '%s is refused',
    (text) => {
      expect(() => readTerms(text, 'erlang')).toThrow(/^a term in line \d+ cannot be read$/)
    },
  )

  it('is told where it stands', () => {
    expect(() => readTerms('{a,\n\nb,\n]}.', 'erlang')).toThrow('a term in line 4 cannot be read')
  })

  it('may not be deep', () => {
    expect(() => readTerms('['.repeat(1000), 'erlang')).toThrow('terms that are too deep or too many')
  })

  it('never fails otherwise', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '<<',
      '>>',
      '%',
      '#',
      ':',
      ',',
      '.',
      '=>',
      '\\',
      '$',
      'a',
      '1',
      ' ',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(pieces), fc.constantFrom('erlang' as const, 'elixir' as const), (parts, dialect) => {
        try {
          readTerms(parts.join(''), dialect)
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^(?:malformed|limit_exceeded)$/))
        }
      }),
    )
  })
})
