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

  it('says nothing beside the result under --quiet, before the verb or after it', async () => {
    for (const args of [
      ['-q', 'db', 'status'],
      ['--quiet', 'db', 'status'],
      ['db', 'status', '-q'],
    ]) {
      const { exit, out } = await run(...args)
      expect(exit).toBe(0)
      expect(out).toContain('Database')
    }
  })

  it('explains by `help` what `--help` explains', async () => {
    for (const words of [[], ['scan'], ['db'], ['db', 'build']]) {
      const { exit, out } = await run('help', ...words)
      expect(exit).toBe(0)
      expect(out).toBe((await run(...words, '--help')).out)
      expect(out).toContain('Examples:\n  seawall ')
    }
  })

  it.each([
    [['compeltion'], "unknown command 'compeltion'", 'Did you mean completion?'],
    [['db', 'updat'], "unknown command 'db updat'", 'Did you mean update? Choose one of build, import,'],
    [['db', 'upd'], "unknown command 'db upd'", 'Did you mean update?'],
    [['db'], 'db needs a verb', 'Choose one of build, import, status, update, verify. See seawall db --help.'],
    [['db-build'], "unknown command 'db-build'", 'Did you mean db build? See seawall --help.'],
    [['help', 'sacn'], "unknown command 'sacn'", 'Did you mean scan? See seawall --help.'],
    [['scan\nb'], "unknown command 'scan\nb'", 'Did you mean scan?'],
    [
      ['scan', '--sevrity', 'x', 'y'],
      "unknown option '--sevrity'",
      'Did you mean --severity? See seawall scan --help.',
    ],
    [['version', 'compare', '--schme', 'deb'], "unknown option '--schme'", 'See seawall version compare --help.'],
    [['db', 'status', '--format', 'JSN'], '--format "JSN": expected one of text, json', 'Did you mean json?'],
    [['completion', 'bahs'], 'there is no completion for "bahs"', 'Choose one of bash, zsh, fish.'],
    [['completion'], "missing required argument 'shell'", 'For example: source <(seawall completion bash).'],
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
