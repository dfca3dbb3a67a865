import type { z } from 'zod'
import type { Context } from '#kit/context.ts'

export interface Terminal {
  /** The result: goes to standard output. */
  out(text: string): void
  /** Something for a person beside the result: goes to standard error, silent under `--quiet`. */
  note(text: string): void
  readonly isInteractive: boolean
  readonly color: boolean
  readonly columns: number
}

export interface CommandContext extends Context {
  readonly terminal: Terminal
  /** Standard input, in chunks. */
  readonly stdin: AsyncIterable<Uint8Array>
}

export interface Argument {
  readonly name: string
  readonly about: string
  readonly optional?: true
  readonly variadic?: true
  /** The only values it takes; offered by completion. */
  readonly choices?: readonly string[]
}

/** One verb of the command line. Help, completion, docs and the golden help test are made from this. */
export interface Command<Options extends z.ZodObject = z.ZodObject> {
  /** Words after `seawall`: `scan`, `db update`. */
  readonly name: string
  readonly summary: string
  readonly arguments: readonly Argument[]
  /**
   * Each field is a `--flag` in kebab-case: booleans take no value, arrays repeat or take commas,
   * `.describe()` is its help text and `.meta({ placeholder: 'DIR', short: 'o' })` its shape.
   */
  readonly options: Options
  readonly examples: readonly { readonly run: string; readonly about: string }[]
  /** Returns the exit code; throws Problem. Never touches `process`. */
  run(args: readonly string[], options: z.infer<Options>, context: CommandContext): Promise<number>
}

export function defineCommand<Options extends z.ZodObject>(command: Command<Options>): Command<Options> {
  return command
}
