import { Command as Commander } from 'commander'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { defineCommand } from './command.ts'
import { flagsOf } from './flags.ts'
import { optionOf, parseOptions } from './options.ts'

const command = defineCommand({
  name: 'test it',
  summary: '',
  arguments: [],
  options: z.object({
    color: z.enum(['red', 'green']).default('red'),
    size: z.array(z.enum(['small', 'large'])).optional(),
    name: z.string().min(3, 'expected a longer name').optional(),
    dryRun: z.boolean().default(false),
  }),
  examples: [],
  run: () => Promise.resolve(0),
})
const flags = flagsOf(command.options)

function parse(...args: string[]): Record<string, unknown> {
  const commander = new Commander().exitOverride()
  for (const flag of flags) commander.addOption(optionOf(flag))
  return parseOptions(command, flags, commander.parse(args, { from: 'user' }).opts())
}

describe('options', () => {
  it.each([
    [[], { color: 'red', dryRun: false }],
    [['--color', 'green', '--dry-run'], { color: 'green', dryRun: true }],
    [['--size', 'small,large'], { color: 'red', dryRun: false, size: ['small', 'large'] }],
    [['--size', 'small, large'], { color: 'red', dryRun: false, size: ['small', 'large'] }],
    [['--size', 'small', '--size', 'large'], { color: 'red', dryRun: false, size: ['small', 'large'] }],
    [['--name=a=b,c'], { color: 'red', dryRun: false, name: 'a=b,c' }],
  ])('%j', (args, expected) => {
    expect(parse(...args)).toEqual(expected)
  })

  it.each([
    [
      ['--color', 'gren'],
      '--color "gren": expected one of red, green',
      'Did you mean green? See seawall test it --help.',
    ],
    [['--color', 'GREEN'], '--color "GREEN": expected one of red, green', 'Did you mean green?'],
    [['--size', 'small,huge'], '--size "huge": expected one of small, large', 'See seawall test it --help.'],
    [['--size', ''], '--size "": expected one of small, large', 'See seawall test it --help.'],
    [['--name', 'ab'], '--name "ab": expected a longer name', 'See seawall test it --help.'],
  ])('%j is a slip', (args, message, hint) => {
    const problem = problemOf(() => parse(...args))
    expect(problem.code).toBe('usage')
    expect(problem.message).toBe(message)
    expect(problem.hint).toContain(hint)
  })

  it('does not repeat what is very long', () => {
    expect(problemOf(() => parse('--color', 'x'.repeat(10_000))).message.length).toBeLessThan(200)
  })
})

function problemOf(run: () => unknown): Problem {
  try {
    run()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('this was to fail')
}
