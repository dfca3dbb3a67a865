import { isDeepStrictEqual } from 'node:util'
import type { Analyser, Entry, LayerContents, Selector } from '#image/entry.ts'
import { reportedUnknowns, tooLarge, unknownAt } from '#image/layer-collector.ts'
import type { ImageLimits } from '#image/limits.ts'
import { isNotes, type ProbeNote, packNotes, unpackNotes } from '#inventory/probe-notes.ts'
import { Analysers, probeContent } from '#inventory/probing.ts'
import type { Unknown } from '#model/package.ts'
import { encodeEntries } from './entry-columns.ts'

/** What is known of one layer, whoever asked for it. */
export interface LayerFacts {
  /** Without content. */
  readonly entries: readonly Entry[]
  /** Entries that could not be taken in. */
  readonly refusals: readonly Unknown[]
  readonly bytes: number
  readonly diffId: string | undefined
  /** Whole files, by the index of their entry. */
  readonly contents: ReadonlyMap<number, Buffer>
  readonly probed: readonly ProbedLayer[]
}

/** What one analyser made of a layer: of every file that is neither in `contents` nor skipped. */
export interface ProbedLayer {
  readonly id: string
  readonly version: number
  readonly notes: ReadonlyMap<number, ProbeNote>
  /** Files that were wanted whole and too large to be kept, so that no probe saw them. */
  readonly skipped: readonly number[]
}

/** What a layer must be read for once more. */
export interface Missing {
  readonly paths: ReadonlySet<string>
  readonly analysers: readonly Analyser[]
}

/** `unusable`: what was asked for breaks a limit in a way that only reading tells. */
export type Recollection =
  | { readonly contents: LayerContents }
  | { readonly missing: Missing }
  | { readonly unusable: true }

export interface Asked {
  readonly selector: Selector
  readonly limits: ImageLimits
}

/** Takes apart what reading a layer yielded; `undefined` when limits had a part in it. */
export function learn(contents: LayerContents, { selector, limits }: Asked): LayerFacts | undefined {
  const { entries, unknowns, bytes, diffId, refusals, ...others } = contents
  if (refusals === undefined || Object.values(others).some((value) => value !== undefined)) return undefined
  const analysers = selector.analysers ?? []
  const notes = new Map(analysers.map(({ id }) => [id, new Map<number, ProbeNote>()]))
  const whole = new Map<number, Buffer>()
  const skipped: number[] = []
  const unkept: Unknown[] = []
  for (const [index, { type, path, size, content }] of entries.entries()) {
    if (type !== 'file') continue
    if (!selector.wants(path)) {
      if (content === undefined) continue
      if (!isNotes(content)) return undefined
      for (const note of unpackNotes(content)) notes.get(note.id)?.set(index, note)
    } else if (size > limits.keptFileBytes) {
      unkept.push(unknownAt(path, tooLarge(limits)))
      skipped.push(index)
    } else if (content === undefined) return undefined
    else if (size > 0) whole.set(index, content)
  }
  if (!isDeepStrictEqual(unknowns.slice(refusals), unkept)) return undefined
  return {
    entries: entries.map((entry) => (entry.content === undefined ? entry : { ...entry, content: undefined })),
    refusals: unknowns.slice(0, refusals),
    bytes,
    diffId,
    contents: whole,
    probed: analysers.map(({ id, version }) => ({ id, version, notes: notes.get(id) ?? new Map(), skipped })),
  }
}

/** What reading the layer would yield, as far as it is known. */
export function recall(facts: LayerFacts, asked: Asked): Recollection {
  const { selector, limits } = asked
  const memory = new Memory(facts, selector.analysers ?? [])
  const unkept: Unknown[] = []
  let keptBytes = 0
  const entries = facts.entries.map((entry, index): Entry => {
    if (entry.type !== 'file') return entry
    const isWanted = selector.wants(entry.path)
    if (isWanted && entry.size > limits.keptFileBytes) unkept.push(unknownAt(entry.path, tooLarge(limits)))
    if (isWanted ? entry.size > limits.keptFileBytes : entry.size === 0) return entry
    const content = isWanted ? memory.whole(index, entry) : memory.notes(index, entry)
    if (content === undefined) return entry
    keptBytes += content.length
    if (content.length > limits.keptFileBytes) keptBytes = Number.POSITIVE_INFINITY
    return { ...entry, content }
  })
  const unknowns = [...facts.refusals, ...unkept]
  if (memory.missing !== undefined) return { missing: memory.missing }
  if (keptBytes > limits.keptLayerBytes || unknowns.length > reportedUnknowns) return { unusable: true }
  const { bytes, diffId, refusals } = facts
  return { contents: { entries, unknowns, refusals: refusals.length, bytes, diffId } }
}

/** Adds what a second reading of the same layer told; `undefined` when it was not the same. */
export function combine(known: LayerFacts, more: LayerFacts): LayerFacts | undefined {
  const isSame =
    known.bytes === more.bytes &&
    known.diffId === more.diffId &&
    isDeepStrictEqual(known.refusals, more.refusals) &&
    encodeEntries(known.entries)?.equals(encodeEntries(more.entries) ?? Buffer.alloc(0)) === true
  if (!isSame) return undefined
  const isReplaced = ({ id, version }: ProbedLayer) =>
    more.probed.some((other) => other.id === id && other.version === version)
  return {
    ...known,
    contents: new Map([...known.contents, ...more.contents]),
    probed: [...known.probed.filter((row) => !isReplaced(row)), ...more.probed],
  }
}

const empty = Buffer.alloc(0)

/** Looks up what is known, and gathers what is not. */
class Memory {
  readonly #facts: LayerFacts
  readonly #analysers: Analysers
  readonly #notes = new Map<number, ProbeNote[]>()
  readonly #skippedBy = new Map<number, Analyser[]>()
  readonly #missingPaths = new Set<string>()
  readonly #missingAnalysers = new Set<Analyser>()

  constructor(facts: LayerFacts, analysers: readonly Analyser[]) {
    this.#facts = facts
    this.#analysers = new Analysers(analysers)
    for (const analyser of analysers) {
      const row = facts.probed.find(({ id, version }) => id === analyser.id && version === analyser.version)
      if (row === undefined) this.#missingAnalysers.add(analyser)
      for (const [index, note] of row?.notes ?? []) push(this.#notes, index, note)
      for (const index of row?.skipped ?? []) push(this.#skippedBy, index, analyser)
    }
  }

  get missing(): Missing | undefined {
    if (this.#missingPaths.size + this.#missingAnalysers.size === 0) return undefined
    return { paths: this.#missingPaths, analysers: [...this.#missingAnalysers] }
  }

  whole(index: number, { path, size }: Entry): Buffer | undefined {
    const content = size === 0 ? empty : this.#facts.contents.get(index)
    if (content === undefined) this.#missingPaths.add(path)
    return content
  }

  notes(index: number, { path }: Entry): Buffer | undefined {
    const whole = this.#facts.contents.get(index)
    if (whole === undefined) for (const one of this.#skippedBy.get(index) ?? []) this.#missingAnalysers.add(one)
    const notes = whole === undefined ? this.#notes.get(index) : probeContent(this.#analysers, whole, path)
    return notes === undefined || notes.length === 0 ? undefined : packNotes(notes)
  }
}

function push<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
