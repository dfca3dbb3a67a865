import { Problem } from '#kit/errors.ts'

/** One package header as a database stores it. */
export interface StoredHeader {
  /** For people: `record 12 on page 7`. */
  readonly where: string
  readonly blob: Buffer
}

/** What a database yields: a problem for what cannot be read, `undefined` now and then so that others get a turn. */
export type StoredHeaders = Generator<StoredHeader | Problem | undefined>

/** What `read` returns, or the problem it threw: one damaged record must not hide its neighbours. */
export function attempt<T>(read: () => T): T | Problem {
  try {
    return read()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

export function malformed(message: string): Problem {
  return new Problem('malformed', message)
}
