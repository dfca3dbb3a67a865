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
      const best = candidates.reduce((a, b) => (explainsMore(b, a) ? b : a))
      recognised.push({ id: narrowest(best.indexed.ids), likeness: Math.floor(best.likeness * 100) / 100 })
      candidates = candidates.filter((other) => freshShare(other.indexed, best.indexed, shingles) >= leastFresh)
    }
    return recognised
  }
}

interface Candidate {
  readonly indexed: IndexedText
  readonly likeness: number
  /** Hashes that the text has, in ascending order. */
  readonly present: readonly number[]
}

function candidateOf(indexed: IndexedText, shingles: ReadonlySet<number>): Candidate[] {
  const { hashes } = indexed
  const allowed = hashes.length * (1 - leastLikeness)
  const present: number[] = []
  for (const [at, hash] of hashes.entries()) {
    if (shingles.has(hash)) present.push(hash)
    else if (at + 1 - present.length > allowed) return []
  }
  return [{ indexed, likeness: present.length / hashes.length, present }]
}

/** Of the text, as far as the hashes of both are known; between equals the one that lacks less of itself wins. */
function explainsMore(a: Candidate, b: Candidate): boolean {
  const end = Math.min(endOf(a.indexed), endOf(b.indexed))
  const [explained, other] = [a, b].map(({ present }) => countUpTo(present, end))
  if (explained !== other) return Number(explained) > Number(other)
  return countUpTo(a.indexed.hashes, end) < countUpTo(b.indexed.hashes, end)
}

/** Up to this hash the text is known completely. */
function endOf({ hashes, shingles }: IndexedText): number {
  return hashes.length === shingles ? Number.POSITIVE_INFINITY : (hashes.at(-1) ?? 0)
}

function countUpTo(hashes: Iterable<number>, end: number): number {
  let count = 0
  for (const hash of hashes) {
    if (hash > end) break
    count++
  }
  return count
}

/** Share of a licence that is in the text and not in the one before. */
function freshShare({ hashes }: IndexedText, before: IndexedText, shingles: ReadonlySet<number>): number {
  const end = endOf(before)
  const explained = new Set(before.hashes)
  const comparable = hashes.filter((hash) => hash <= end)
  const fresh = comparable.filter((hash) => shingles.has(hash) && !explained.has(hash))
  return comparable.length === 0 ? 0 : fresh.length / comparable.length
}

function narrowest(ids: readonly string[]): string {
  return ids.find((id) => id.endsWith('-only')) ?? ids[0] ?? ''
}
