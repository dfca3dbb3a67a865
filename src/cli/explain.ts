import { Problem, type ProblemCode } from '#kit/errors.ts'
import { printable } from '#kit/text.ts'

export interface Explanation {
  /** What happened, where, and what to do; safe to print, ends with a newline. */
  readonly text: string
  readonly exit: number
}

/** The exit code of what is no `Problem`. */
const bugExit = 70

/** What to do where whoever found the problem had nothing better to say. */
const commonHints: Readonly<Record<ProblemCode, string>> = {
  usage: 'See seawall --help.',
  target_unreachable: 'Check the name, and that what it names can be reached from here.',
  advisories_missing: 'Run `seawall db update`, or name another database with --db.',
  not_authorised: 'Log in with `docker login` or `podman login`, then try again.',
  malformed: 'Fetch or save it again; if it stays like this, whoever made it has to mend it.',
  limit_exceeded: 'No usual image needs that much: do not use it unless you know why.',
}

/** Says what ended a run in words for the user. */
export function explain(error: unknown): Explanation {
  if (error instanceof Problem) {
    const where = error.at === undefined || error.at === '' ? '' : `  at: ${printable(error.at)}\n`
    const hint = printable(error.hint ?? commonHints[error.code])
    return { text: `seawall: ${printable(error.message)}\n${where}  ${hint}\n`, exit: error.exitCode }
  }
  const trace = Error.isError(error) ? (error.stack ?? error.message) : String(error)
  const lines = trace.split('\n').map(printable).join('\n')
  const text = `seawall: internal error. This is a bug in Seawall, not in your input; please report it with the lines below.\n${lines}\n`
  return { text, exit: bugExit }
}
