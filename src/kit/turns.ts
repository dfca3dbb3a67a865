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
