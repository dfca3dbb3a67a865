import { Problem } from '#kit/errors.ts'

/** Aborts when the caller does, or once `milliseconds` have passed; `check` also works where nothing yields to timers. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController()
  readonly #caller: AbortSignal
  readonly #timer: NodeJS.Timeout
  readonly #end: number
  readonly #problem: Problem

  constructor(caller: AbortSignal, milliseconds: number, name: string) {
    this.#caller = caller
    this.#problem = new Problem('limit_exceeded', `${name} took more than ${milliseconds} ms`, { at: name })
    this.#end = performance.now() + milliseconds
    this.#timer = setTimeout(() => this.#controller.abort(this.#problem), Math.min(milliseconds, 2 ** 31 - 1)).unref()
    caller.addEventListener('abort', this.#follow, { once: true })
    if (caller.aborted) this.#follow()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  check(): void {
    this.signal.throwIfAborted()
    if (performance.now() > this.#end) throw this.#problem
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#caller.removeEventListener('abort', this.#follow)
  }

  readonly #follow = (): void => {
    this.#controller.abort(this.#caller.reason)
  }
}
