import { setMaxListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { printable } from '#kit/text.ts'
import type { CommandContext, Terminal } from './command.ts'
import { explain } from './explain.ts'
import { runProgram } from './program.ts'
import { showsColor, showsProgress } from './terminal/capabilities.ts'
import { ProgressDisplay } from './terminal/progress.ts'
import { standardOutput, unwritable } from './terminal/standard-output.ts'

const interruptExit = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
/** How long running work may take to stop before the process leaves anyway. */
const graceMs = 200
const usualColumns = 120

/** Runs the program on this process: its arguments, streams, signals and exit code. */
export async function runOnProcess(args: readonly string[]): Promise<void> {
  const { env, stderr } = process
  // V8 would let the space for new objects grow to a hundred megabytes while a file system is put together.
  setFlagsFromString('--semi-space-growth-factor=1')
  const isInteractive = showsProgress(env, stderr.isTTY)
  using display = new ProgressDisplay({
    write: (text) => void stderr.write(text),
    columns: () => stderr.columns,
    color: showsColor(env, stderr.isTTY),
  })
  const interruption = new AbortController()
  setMaxListeners(0, interruption.signal)
  /** The exit code, once something other than the run has settled it. */
  let settled: number | undefined
  let isReaderGone = false
  let isInterrupted = false

  /** Ends the run early, with this exit code if it does not come to its own end. */
  function stop(exit: number): void {
    display[Symbol.dispose]()
    interruption.abort()
    setTimeout(() => process.exit(exit), graceMs).unref()
  }

  function settle(exit: number): void {
    settled = exit
    stop(exit)
  }

  for (const [signal, exit] of Object.entries(interruptExit)) {
    process.on(signal, () => {
      if (isInterrupted) process.exit(exit)
      isInterrupted = true
      // What was printed last may still be on its way to a slow reader: it has the same grace.
      if (settled === undefined) settle(exit)
      else stop(exit)
    })
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (settled !== undefined || isReaderGone) return
    isReaderGone = error.code === 'EPIPE'
    // `seawall … | head` closes our output early: that is not an error.
    if (isReaderGone) stop(0)
    else settle(say(unwritable(error)))
  })
  process.stderr.on('error', () => undefined)
  process.on('uncaughtException', (error) => process.exit(settled ?? say(error)))
  const context: CommandContext = {
    signal: interruption.signal,
    env,
    now: () => new Date(),
    progress: (step) => {
      if (isInteractive) display.show(step)
    },
    terminal: terminalOf(display, isInteractive),
    stdin: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() },
  }
  const exit = await runProgram(args, context).catch((error: unknown) => {
    display[Symbol.dispose]()
    return settled ?? (isReaderGone ? 0 : say(error))
  })
  settled ??= exit
  process.exitCode = settled
}

function say(error: unknown): number {
  const { text, exit } = explain(error)
  process.stderr.write(text)
  return exit
}

function terminalOf(display: ProgressDisplay, isInteractive: boolean): Terminal {
  const write = standardOutput()
  return {
    out: (text) => {
      display.clear()
      write(text)
    },
    note: (text) => {
      display.clear()
      process.stderr.write(`${text.split('\n').map(printable).join('\n')}\n`)
    },
    isInteractive,
    color: showsColor(process.env, process.stdout.isTTY),
    columns: process.stdout.columns || usualColumns,
  }
}
