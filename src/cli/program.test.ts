import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import type { CommandContext } from './command.ts'
import { completionScript } from './completion-script.ts'
import { loadCommands, runProgram } from './program.ts'

interface Run {
  readonly exit: number | undefined
  readonly problem: Problem | undefined
  readonly out: string
}

async function run(...args: string[]): Promise<Run> {
  const pieces: string[] = []
  const context: CommandContext = {
    signal: new AbortController().signal,
    env: {},
    now: () => new Date(0),
    progress: () => undefined,
    stdin: (async function* () {})(),
    terminal: {
      out: (text) => void pieces.push(text),
      note: () => undefined,
      isInteractive: false,
      color: false,
      columns: 100,
    },
  }
  try {
    return { exit: await runProgram(args, context), problem: undefined, out: pieces.join('') }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { exit: undefined, problem: error, out: pieces.join('') }
  }
}

describe('the program', () => {
  it('prints help and exits with 2 when it is given nothing', async () => {
    const { exit, out } = await run()
    expect(exit).toBe(2)
    expect(out).toContain('Usage: seawall')
  })

  it('prints its help', async () => {
    const { exit, out } = await run('--help')
    expect(exit).toBe(0)
    await expect(out).toMatchFileSnapshot(join(import.meta.dirname, 'fixtures/help/seawall.txt'))
  })

  it.each([
    [['compeltion'], "unknown command 'compeltion'", 'Did you mean completion?'],
    [['version', 'compare', '--schme', 'deb', '1', '2'], "unknown option '--schme'", 'See seawall --help.'],
    [['completion', 'bahs'], 'there is no completion for "bahs"', 'Choose one of bash, zsh, fish.'],
    [['completion'], "missing required argument 'shell'", 'See seawall --help.'],
  ])('answers %j with what is wrong and what to do', async (args, message, hint) => {
    const { problem } = await run(...args)
    expect(problem?.code).toBe('usage')
    expect(problem?.message).toBe(message)
    expect(problem?.hint).toContain(hint)
  })
})

describe.each((await loadCommands()).map((command) => [command.name, command] as const))(
  'seawall %s',
  (name, command) => {
    it('explains itself', async () => {
      const { exit, out } = await run(...name.split(' '), '--help')
      expect(exit).toBe(0)
      expect(command.examples.every((example) => example.run.includes(`seawall ${name}`))).toBe(true)
      await expect(out).toMatchFileSnapshot(join(import.meta.dirname, `fixtures/help/${name.replace(' ', '-')}.txt`))
    })

    it('is completed by every shell', async () => {
      const commands = await loadCommands()
      const last = name.split(' ').at(-1) ?? name
      expect(
        (['bash', 'zsh', 'fish'] as const).every((shell) => completionScript(shell, commands).includes(last)),
      ).toBe(true)
    })
  },
)
