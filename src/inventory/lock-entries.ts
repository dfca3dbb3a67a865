import type { Package } from '#model/package.ts'
import type { Steps } from './cataloger.ts'

/**
 * What an entry of a lock file or manifest comes to. `left-out` is the user's own code and what only development
 * needs; the last two are counted and reported.
 */
export type LockEntry = Package | 'left-out' | 'no-version' | 'unreadable'

/** How a format's unusual entries are reported; the number follows. */
export interface LockReasons {
  readonly 'no-version': string
  readonly unreadable: string
}

export function* reportEntries(entries: Iterable<LockEntry>, location: string, reasons: LockReasons): Steps {
  const counts = { 'left-out': 0, 'no-version': 0, unreadable: 0 }
  for (const entry of entries) {
    if (typeof entry !== 'string') yield { package: entry }
    else {
      counts[entry] += 1
      yield undefined
    }
  }
  for (const kind of ['no-version', 'unreadable'] as const) {
    if (counts[kind] > 0) yield { unknown: { path: location, reason: `${reasons[kind]}: ${counts[kind]}` } }
  }
}
