import { setImmediate } from 'node:timers/promises'

/** A person waits at most this long for Ctrl-C or a redrawn line. */
const turnMs = 40

/** Lets signals, timers and the network have a turn in the middle of long work that never waits by itself. */
export class Turns {
  readonly #signal: AbortSignal | undefined
  #since = performance.now()

  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  get isDue(): boolean {
    return performance.now() - this.#since > turnMs
  }

  /** Throws when the signal was aborted. */
  async give(): Promise<void> {
    await setImmediate()
    this.#signal?.throwIfAborted()
    this.#since = performance.now()
  }
}

/** Work that can be interrupted wherever it yields. */
export type Work<Result> = Generator<undefined, Result>

/** Does the work and lets others have their turns meanwhile. Throws when the signal was aborted. */
export async function inTurns<Result>(work: Work<Result>, signal: AbortSignal): Promise<Result> {
  const turns = new Turns(signal)
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
    if (turns.isDue) await turns.give()
  }
}

/** Does the work without a pause. */
export function atOnce<Result>(work: Work<Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}
