import { Command as Commander, CommanderError } from 'commander'
import { Problem, problems } from '#kit/errors.ts'
import { nearest } from '#kit/text.ts'
import type { Command, CommandContext } from './command.ts'
import { flagsOf } from './flags.ts'
import { optionOf, parseOptions } from './options.ts'
import { commands } from './registry.generated.ts'
import { programVersion } from './version.ts'

const groups: Readonly<Record<string, string>> = {
  cache: 'What is known of layers',
  db: 'The advisory database',
  version: 'Versions of packages',
}

const firstSteps = [
  { run: 'seawall scan alpine:3.19', about: 'find the known vulnerabilities of an image' },
  { run: 'seawall db update', about: 'get current advisories' },
  { run: 'seawall help scan', about: 'everything about one command' },
]

/** Runs one command line; returns its exit code. Loads only the command that is asked for, all of them for help. */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  const line = args[0] === 'help' ? [...args.filter((word) => word !== 'help'), '--help'] : args
  const words = afterQuiet(line)
  checkVerb(words)
  const chosen = commandId(words)
  const loaded = chosen === undefined ? await loadCommands() : [(await commands[chosen]?.())?.default]
  const outcome = { exit: 0 }
  const program = describeProgram(context)
  for (const command of loaded) if (command !== undefined) addCommand(program, command, context, outcome)
  if (words.length === 0) {
    program.outputHelp()
    return problems.usage.exit
  }
  try {
    await program.parseAsync([...line], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    throw usageProblem(error, chosen === undefined ? undefined : loaded[0])
  }
  return outcome.exit
}

/** Every command, in the order of the alphabet. */
export async function loadCommands(): Promise<Command[]> {
  const modules = await Promise.all(Object.values(commands).map((load) => load()))
  return modules.map((module) => module.default)
}

/** `--quiet` may stand before the verb, too. */
function afterQuiet(line: readonly string[]): readonly string[] {
  const start = line.findIndex((word) => word !== '-q' && word !== '--quiet')
  return start === -1 ? [] : line.slice(start)
}

const names = Object.keys(commands).map((id) => id.replace('-', ' '))

/** `db update …` is the entry `db-update` of the registry. */
function commandId([first = '', second = '']: readonly string[]): string | undefined {
  return [`${first}-${second}`, first].find((id) => Object.hasOwn(commands, id))
}

/** Says what a word that begins no command may have been meant to be. */
function checkVerb([first = '', second = '']: readonly string[]): void {
  if (first === '' || first.startsWith('-') || names.includes(first)) return
  const verbs = verbsOf(first)
  if (verbs.length === 0) {
    const known = names.flatMap((name) => [name, name.split(' ')[0] ?? name])
    const hints = [...likelyMeant(first.replaceAll('-', ' '), known), 'See seawall --help.']
    throw new Problem('usage', `unknown command '${first}'`, { hint: hints.join(' ') })
  }
  if (second.startsWith('-') || verbs.includes(second)) return
  const what = second === '' ? `${first} needs a verb` : `unknown command '${first} ${second}'`
  const hints = [...likelyMeant(second, verbs), `Choose one of ${verbs.join(', ')}.`, `See seawall ${first} --help.`]
  throw new Problem('usage', what, { hint: hints.join(' ') })
}

function likelyMeant(word: string, known: readonly string[]): string[] {
  if (word === '') return []
  const likely = known.find((name) => name.startsWith(word)) ?? nearest(word, known)
  return likely === undefined ? [] : [`Did you mean ${likely}?`]
}

function verbsOf(group: string): string[] {
  return names.filter((name) => name.startsWith(`${group} `)).map((name) => name.slice(group.length + 1))
}

/** commander writes `error: what` and, on a line of its own, `(Did you mean this?)`. */
function usageProblem(error: CommanderError, command: Command | undefined): Problem {
  const [, what = error.message, suggestion] =
    /^(?:error: )?([^]{1,100000}?)(?:\n\((Did you mean [^\n]{1,1000})\))?$/.exec(error.message) ?? []
  const example = error.code === 'commander.missingArgument' ? command?.examples[0] : undefined
  const hints = [
    suggestion,
    example === undefined ? undefined : `For example: ${example.run}.`,
    `See seawall ${command === undefined ? '' : `${command.name} `}--help.`,
  ]
  return new Problem('usage', what, { hint: hints.filter((hint) => hint !== undefined).join(' '), cause: error })
}

function describeProgram({ terminal }: CommandContext): Commander {
  return new Commander('seawall')
    .description('Container security from the Dockerfile to the running process.')
    .version(programVersion, '-V, --version', 'print the version')
    .option('-q, --quiet', 'say nothing but the result and errors')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .usage('COMMAND [options]')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => terminal.columns,
      getOutHasColors: () => terminal.color,
    })
    .configureHelp({ visibleCommands: leavesOf, subcommandTerm: termOf })
    .showSuggestionAfterError(true)
    .addHelpText('after', examplesText(firstSteps))
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
  leaf.addHelpText('after', examplesText(command.examples))
  leaf.action(async () => {
    const values = leaf.processedArgs.flat().filter((value) => typeof value === 'string')
    const options = parseOptions(command, flags, leaf.opts())
    const isToBeQuiet = [program, leaf].some((each) => each.opts()['quiet'] === true)
    outcome.exit = await command.run(values, options, isToBeQuiet ? quieted(context) : context)
  })
}

function quieted(context: CommandContext): CommandContext {
  const terminal = { ...context.terminal, note: () => undefined, isInteractive: false }
  return { ...context, terminal, progress: () => undefined }
}

function groupNamed(parent: Commander, word: string): Commander {
  const known = parent.commands.find((child) => child.name() === word)
  if (known !== undefined) return known
  const examples = verbsOf(word).map((verb) => ({ run: `seawall help ${word} ${verb}`, about: `how to use ${verb}` }))
  return parent
    .command(word)
    .description(groups[word] ?? word)
    .copyInheritedSettings(parent)
    .usage('COMMAND [options]')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', examplesText(examples.slice(0, 2)))
}

function examplesText(examples: Command['examples']): string {
  return `\nExamples:\n${examples.map(({ run, about }) => `  ${run}\n      ${about}\n`).join('')}`
}

/** Commands that do something, those of groups included. */
function leavesOf(commander: Commander): Commander[] {
  return commander.commands.flatMap((child) => (child.commands.length === 0 ? [child] : leavesOf(child)))
}

function termOf(commander: Commander): string {
  const group = commander.parent?.parent === null ? '' : `${commander.parent?.name()} `
  return `${group}${commander.name()} ${commander.usage().replace('[options]', '').trim()}`.trimEnd()
}
