/** Every failure a user can act on. `code` is API: documented, tested, never renamed. */
export const problems = {
  usage: { exit: 2, help: 'The command line or configuration is wrong.' },
  target_unreachable: { exit: 3, help: 'The image, registry, engine or download could not be reached.' },
  advisories_missing: {
    exit: 4,
    help: 'There is no usable advisory data: missing, too old, tampered with or unreadable.',
  },
  not_authorised: { exit: 5, help: 'Credentials were missing or refused.' },
  malformed: { exit: 6, help: 'Input breaks its own format in a way that cannot be read past.' },
  limit_exceeded: { exit: 7, help: 'Input is larger, deeper or slower than a limit allows.' },
} as const satisfies Record<string, { exit: number; help: string }>

export type ProblemCode = keyof typeof problems

export interface ProblemDetails {
  /** What the reader should do next, as an imperative sentence. */
  readonly hint?: string | undefined
  /** Where: a path inside an image, a URL, a line. Never a secret. */
  readonly at?: string | undefined
  readonly cause?: unknown
}

export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly hint: string | undefined
  readonly at: string | undefined

  constructor(code: ProblemCode, message: string, details: ProblemDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.at = details.at
  }

  get exitCode(): number {
    return problems[this.code].exit
  }
}
