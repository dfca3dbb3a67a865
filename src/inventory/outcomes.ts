import type { Package } from '#model/package.ts'
import type { Steps } from './cataloger.ts'

/** What an entry of a list comes to: a package, nothing that we look for, or one of the losses that are counted. */
export type Outcome = Package | 'left-out' | 'no-version' | 'unreadable'

/** The packages among the outcomes, then one unknown for each kind of loss. */
export function* withCounts(outcomes: Iterable<Outcome>, path: string): Steps {
  const counts = { 'left-out': 0, 'no-version': 0, unreadable: 0 }
  for (const outcome of outcomes) {
    if (typeof outcome === 'string') {
      counts[outcome] += 1
      yield undefined
    } else yield { package: outcome }
  }
  for (const [kind, reason] of losses) {
    if (counts[kind] > 0) yield { unknown: { path, reason: `${reason}: ${counts[kind]}` } }
  }
}

const losses = [
  ['no-version', 'entries without an exact version'],
  ['unreadable', 'entries that are not as the format has them'],
] as const
