import { setMaxListeners } from 'node:events'
import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { printable } from '#kit/text.ts'
import type { CommandContext, Terminal } from './command.ts'
import { runProgram } from './program.ts'
import { ProgressDisplay } from './terminal/progress.ts'

const interruptExit = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
/** How long running work may take to stop before the process leaves anyway. */
const graceMs = 300

/** Runs the program on this process: its arguments, streams, signals and exit code. */
export async function runOnProcess(args: readonly string[]): Promise<void> {
  const isQuiet = args.includes('--quiet') || args.includes('-q')
  const isInteractive = process.stderr.isTTY && !isQuiet && process.env['CI'] === undefined
  using display = new ProgressDisplay({
    write: (text) => void process.stderr.write(text),
    columns: () => process.stderr.columns,
  })
  const interruption = new AbortController()
  setMaxListeners(0, interruption.signal)
  let exitOnSignal: number | undefined
  for (const [signal, exit] of Object.entries(interruptExit)) {
    process.on(signal, () => {
      if (exitOnSignal !== undefined) process.exit(exit)
      exitOnSignal = exit
      interruption.abort()
      display.clear()
      setTimeout(() => process.exit(exit), graceMs).unref()
    })
  }
  process.stdout.on('error', leaveWhenReaderLeft)
  const context: CommandContext = {
    signal: interruption.signal,
    env: process.env,
    now: () => new Date(),
    progress: (step) => {
      if (isInteractive) display.show(step)
    },
    terminal: terminalOf(display, isQuiet, isInteractive),
    stdin: process.stdin,
  }
  const exit = await runProgram(args, context).catch((error: unknown) => {
    display[Symbol.dispose]()
    return exitOnSignal ?? explain(error)
  })
  process.exitCode = exitOnSignal ?? exit
}

function terminalOf(display: ProgressDisplay, isQuiet: boolean, isInteractive: boolean): Terminal {
  return {
    out: (text) => {
      display.clear()
      process.stdout.write(text)
    },
    note: (text) => {
      if (isQuiet) return
      display.clear()
      process.stderr.write(`${text}\n`)
    },
    isInteractive,
    color: (process.stdout.isTTY && process.stdout.hasColors()) || hasForcedColor(process.env['FORCE_COLOR']),
    columns: process.stdout.columns ?? 120,
  }
}

function hasForcedColor(force: string | undefined): boolean {
  return force !== undefined && force !== '' && force !== '0' && force !== 'false'
}

/** What happened, why, what to do; the exit code that goes with it. */
function explain(error: unknown): number {
  if (error instanceof Problem) {
    const where = error.at === undefined ? '' : `\n  at: ${printable(error.at)}`
    const hint = error.hint === undefined ? '' : `\n  ${error.hint}`
    process.stderr.write(`seawall: ${printable(error.message)}${where}${hint}\n`)
    return error.exitCode
  }
  const text = Error.isError(error) ? (error.stack ?? error.message) : String(error)
  process.stderr.write(
    `seawall: internal error. This is a bug in Seawall, not in your input; please report it with the lines below.\n${text}\n`,
  )
  return 70
}

/** `seawall … | head` closes our output early: that is not an error. */
function leaveWhenReaderLeft(error: unknown): void {
  const { code } = z.object({ code: z.string() }).parse(error)
  if (code === 'EPIPE') process.exit(0)
  throw error
}
