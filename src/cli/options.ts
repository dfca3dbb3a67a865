import { Option } from 'commander'
import { Problem } from '#kit/errors.ts'
import { nearest } from '#kit/text.ts'
import type { Command } from './command.ts'
import type { Flag } from './flags.ts'

/** A flag as commander takes it; what its value may be is checked by `parseOptions`. */
export function optionOf(flag: Flag): Option {
  const short = flag.short === undefined ? '' : `-${flag.short}, `
  const value = flag.kind === 'switch' ? '' : ` <${flag.placeholder}>`
  const notes = [
    flag.choices.length > 0 ? `one of ${flag.choices.join(', ')}` : '',
    flag.fallback === undefined ? '' : `default ${flag.fallback}`,
  ].filter((note) => note !== '')
  const about = notes.length === 0 ? flag.about : `${flag.about} (${notes.join('; ')})`
  const option = new Option(`${short}--${flag.name}${value}`, about)
  if (flag.kind === 'list') {
    option.argParser((given: string, before: string[] | undefined) => [
      ...(before ?? []),
      ...given.split(',').map((item) => item.trim()),
    ])
  }
  return option
}

/** The options of a command from what commander made of the line. Throws `usage`. */
export function parseOptions(
  command: Command,
  flags: readonly Flag[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result = command.options.safeParse(withNegations(flags, given))
  if (result.success) return result.data
  const [issue] = result.error.issues
  const flag = flags.find(({ key }) => key === issue?.path[0])
  const value = issue?.path.reduce<unknown>((at, key) => itemOf(at, key), given)
  const what = [
    flag === undefined ? command.name : `--${flag.name}`,
    ...(typeof value === 'string' ? [quoted(value)] : []),
  ]
  const choices = flag?.choices ?? []
  const why = choices.length > 0 ? `expected one of ${choices.join(', ')}` : (issue?.message ?? 'not as expected')
  const likely = typeof value === 'string' ? nearest(value.toLowerCase(), choices) : undefined
  const advice = likely === undefined ? '' : `Did you mean ${likely}? `
  throw new Problem('usage', `${what.join(' ')}: ${why}`, { hint: `${advice}See seawall ${command.name} --help.` })
}

/** commander takes `--no-cache` for `--cache` set to false. */
function withNegations(
  flags: readonly Flag[],
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const all = { ...given }
  for (const { key, name } of flags) {
    const opposite = flags.find((flag) => name === `no-${flag.name}`)?.key
    if (opposite === undefined) continue
    all[key] = given[opposite] === false
    if (given[opposite] === false) delete all[opposite]
  }
  return all
}

function itemOf(container: unknown, key: PropertyKey): unknown {
  return typeof container === 'object' && container !== null ? Reflect.get(container, key) : undefined
}

function quoted(value: string): string {
  return `"${value.length > 80 ? `${value.slice(0, 80)}…` : value}"`
}
