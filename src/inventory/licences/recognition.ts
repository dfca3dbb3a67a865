import { type IndexedText, readIndex } from './licence-index.ts'
import { shinglesOf } from './shingles.ts'

/**
 * Share of a licence's five-word runs that must be there. docs/guides/licences.md tells what was measured, and
 * `recognition.test.ts` measures it again.
 */
export const leastLikeness = 0.8

/** A further licence of one file must bring this share of its text that the ones before do not have. */
const leastFresh = 0.5

const licencesLimit = 10

export interface RecognisedLicence {
  /** Of several that have the same text the narrowest: the text alone never says `or later`. */
  readonly id: string
  /** Share of the licence's text that is there, 0.8 to 1. */
  readonly likeness: number
}

/** Recognises licence texts wherever they stand in a text. */
export class Recogniser {
  readonly #texts: readonly IndexedText[]

  constructor(texts: readonly IndexedText[] = readIndex()) {
    this.#texts = texts
  }

  /** By how much of the text they explain. */
  recognise(text: string): readonly RecognisedLicence[] {
    const shingles = shinglesOf(text)
    let candidates = this.#texts.flatMap((indexed) => candidateOf(indexed, shingles))
    const recognised: RecognisedLicence[] = []
    while (candidates.length > 0 && recognised.length < licencesLimit) {
      const best = candidates.reduce((a, b) => (b.gain > a.gain ? b : a))
      recognised.push({ id: narrowest(best.indexed.ids), likeness: Math.floor(best.likeness * 100) / 100 })
      candidates = candidates.filter((other) => freshShare(other.indexed, best.indexed, shingles) >= leastFresh)
    }
    return recognised
  }
}

interface Candidate {
  readonly indexed: IndexedText
  readonly likeness: number
  /** Shingles that it explains less those that it lacks. */
  readonly gain: number
}

function candidateOf(indexed: IndexedText, shingles: ReadonlySet<number>): Candidate[] {
  const { hashes } = indexed
  const allowed = hashes.length * (1 - leastLikeness)
  let missing = 0
  for (const hash of hashes) {
    if (!shingles.has(hash) && ++missing > allowed) return []
  }
  const likeness = 1 - missing / hashes.length
  return [{ indexed, likeness, gain: indexed.shingles * (2 * likeness - 1) }]
}

/** Told from the hashes up to the largest that was kept of the one before: that far it is known completely. */
function freshShare({ hashes }: IndexedText, before: IndexedText, shingles: ReadonlySet<number>): number {
  const isWhole = before.hashes.length === before.shingles
  const end = isWhole ? Number.POSITIVE_INFINITY : (before.hashes.at(-1) ?? 0)
  const explained = new Set(before.hashes)
  const comparable = hashes.filter((hash) => hash <= end)
  const fresh = comparable.filter((hash) => shingles.has(hash) && !explained.has(hash))
  return comparable.length === 0 ? 0 : fresh.length / comparable.length
}

function narrowest(ids: readonly string[]): string {
  return ids.find((id) => id.endsWith('-only')) ?? ids[0] ?? ''
}
