import { Command as Commander, CommanderError, Option } from 'commander'
import { Problem, problems } from '#kit/errors.ts'
import type { Command, CommandContext } from './command.ts'
import { type Flag, flagsOf } from './flags.ts'
import { commands } from './registry.generated.ts'
import { programVersion } from './version.ts'

/** Runs one command line; returns its exit code. Loads only the command that is asked for, all of them for help. */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  const chosen = commandId(args)
  const loaded = chosen === undefined ? await loadCommands() : [(await commands[chosen]?.())?.default]
  const outcome = { exit: 0 }
  const program = describeProgram(context)
  for (const command of loaded) if (command !== undefined) addCommand(program, command, context, outcome)
  if (args.length === 0) {
    program.outputHelp()
    return problems.usage.exit
  }
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    throw usageProblem(error)
  }
  return outcome.exit
}

/** commander writes `error: what` and, on a line of its own, `(Did you mean this?)`. */
function usageProblem(error: CommanderError): Problem {
  const [what = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const hint =
    suggestion === undefined ? 'See seawall --help.' : `${suggestion.replace(/^\(|\)$/g, '')} See seawall --help.`
  return new Problem('usage', what, { hint, cause: error })
}

/** Every command, in the order of the alphabet. */
export async function loadCommands(): Promise<Command[]> {
  const modules = await Promise.all(Object.values(commands).map((load) => load()))
  return modules.map((module) => module.default)
}

/** `db update …` is the entry `db-update` of the registry. */
function commandId(args: readonly string[]): string | undefined {
  const [first = '', second = ''] = args
  return [`${first}-${second}`, first].find((id) => Object.hasOwn(commands, id))
}

function describeProgram({ terminal }: CommandContext): Commander {
  return new Commander('seawall')
    .description('Container security from the Dockerfile to the running process.')
    .version(programVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => terminal.columns,
      getOutHasColors: () => terminal.color,
    })
    .showSuggestionAfterError(true)
}

function addCommand(program: Commander, command: Command, context: CommandContext, outcome: { exit: number }): void {
  const words = command.name.split(' ')
  const parent = words.slice(0, -1).reduce(groupNamed, program)
  const leaf = parent.command(words.at(-1) ?? command.name).description(command.summary)
  leaf.copyInheritedSettings(program).helpOption('-h, --help', 'print this help').configureHelp({ sortOptions: false })
  for (const { name, about, optional, variadic } of command.arguments) {
    const text = `${name}${variadic === true ? '...' : ''}`
    leaf.argument(optional === true ? `[${text}]` : `<${text}>`, about)
  }
  const flags = flagsOf(command.options)
  for (const flag of flags) leaf.addOption(optionOf(flag))
  leaf.option('-q, --quiet', 'say nothing but the result and errors')
  const examples = command.examples.map(({ run, about }) => `  ${run}\n      ${about}`)
  leaf.addHelpText('after', `\nExamples:\n${examples.join('\n')}\n`)
  leaf.action(async () => {
    const values = leaf.processedArgs.flat().filter((value) => typeof value === 'string')
    outcome.exit = await command.run(values, parseOptions(command, flags, leaf.opts()), context)
  })
}

function groupNamed(parent: Commander, word: string): Commander {
  const known = parent.commands.find((child) => child.name() === word)
  if (known !== undefined) return known
  const about: Readonly<Record<string, string>> = { db: 'The advisory database', version: 'Versions of packages' }
  return parent
    .command(word)
    .description(about[word] ?? word)
    .copyInheritedSettings(parent)
    .helpCommand(false)
}

function optionOf(flag: Flag): Option {
  const short = flag.short === undefined ? '' : `-${flag.short}, `
  const value = flag.kind === 'switch' ? '' : ` <${flag.placeholder}>`
  const notes = [
    flag.choices.length > 0 ? `one of ${flag.choices.join(', ')}` : '',
    flag.fallback === undefined ? '' : `default ${flag.fallback}`,
  ].filter((note) => note !== '')
  const about = notes.length === 0 ? flag.about : `${flag.about} (${notes.join('; ')})`
  const option = new Option(`${short}--${flag.name}${value}`, about)
  if (flag.kind === 'list')
    option.argParser((given: string, before: string[] | undefined) => [...(before ?? []), ...given.split(',')])
  return option
}

function parseOptions(
  command: Command,
  flags: readonly Flag[],
  given: Record<string, unknown>,
): Record<string, unknown> {
  const result = command.options.safeParse(given)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const flag = flags.find(({ key }) => key === issue?.path[0])
  const what = flag === undefined ? command.name : `--${flag.name}`
  const choices = flag !== undefined && flag.choices.length > 0 ? `one of ${flag.choices.join(', ')}` : undefined
  throw new Problem(
    'usage',
    `${what}: ${choices === undefined ? (issue?.message ?? 'not as expected') : `expected ${choices}`}`,
    {
      hint: `See seawall ${command.name} --help.`,
    },
  )
}
