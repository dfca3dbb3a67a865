/** A step of long work, for whoever shows it to a person. `total` is absent while it is unknown. */
export interface Progress {
  /** Stable name of the step: the same step reports many times. */
  readonly task: string
  readonly done: number
  readonly total?: number | undefined
  readonly unit: 'bytes' | 'items'
  readonly finished?: boolean
}

/** The world outside: everything that would make two runs differ comes in through here. */
export interface Context {
  /** Aborted on Ctrl-C or when time is up. Everything that waits takes it. */
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  now(): Date
  progress(step: Progress): void
}
