import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { flagsOf } from './flags.ts'

function flagOf(field: z.ZodType) {
  return flagsOf(z.object({ someField: field }))[0]
}

const lowered = z.preprocess((value) => value, z.enum(['a', 'b']))

describe('a flag', () => {
  it('has the name of its field in kebab-case, and its description', () => {
    expect(flagOf(z.string().describe('what it is'))).toEqual({
      key: 'someField',
      name: 'some-field',
      kind: 'value',
      about: 'what it is',
      placeholder: 'SOME-FIELD',
      choices: [],
      short: undefined,
      fallback: undefined,
    })
  })

  it.each([
    ['a boolean takes no value', z.boolean().default(false), { kind: 'switch', fallback: undefined }],
    ['a string takes one', z.string().optional(), { kind: 'value' }],
    ['an array takes several', z.array(z.string()).default([]), { kind: 'list', fallback: undefined }],
    ['an enum has choices', z.enum(['x', 'y']).default('y'), { kind: 'value', choices: ['x', 'y'], fallback: 'y' }],
    ['a list of an enum has choices', z.array(z.enum(['x', 'y'])).optional(), { kind: 'list', choices: ['x', 'y'] }],
    ['what comes before the parsing does not hide them', lowered.optional(), { kind: 'value', choices: ['a', 'b'] }],
    ['nor in a list', z.array(lowered).optional(), { kind: 'list', choices: ['a', 'b'] }],
    ['nor does what comes after it', z.string().default('1h').refine(Boolean), { fallback: '1h' }],
    ['a number has a default', z.number().default(3), { kind: 'value', fallback: '3' }],
    [
      'a letter and a placeholder',
      z.string().meta({ placeholder: 'DIR', short: 'o' }),
      { placeholder: 'DIR', short: 'o' },
    ],
  ])('%s', (_name, field, expected) => {
    expect(flagOf(field)).toMatchObject(expected)
  })
})
