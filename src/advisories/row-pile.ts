import { createReadStream } from 'node:fs'
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Turns } from '#kit/turns.ts'
import { order } from './manifest.ts'
import type { AdvisoryRecord } from './record.ts'
import { type Profile, profileOf, type Row, rowOf } from './record-row.ts'

/** Records of one source on their way into shards: kept as text, and on disk once they are many. */
export interface RowPile {
  /** False when the record is too large to be kept. */
  add(record: AdvisoryRecord): Promise<boolean>
  readonly namespaces: readonly string[]
  lines(namespace: string): AsyncIterable<string>
}

export interface NamespaceRows {
  readonly profiles: readonly Profile[]
  readonly entries: readonly (readonly [name: string, rows: readonly NumberedRow[]])[]
  /** How many rows each source gave. */
  readonly bySource: ReadonlyMap<string, number>
}

type NumberedRow = readonly [profile: number, ...Row]

/** Gives every profile a number, shared by all piles of one build. */
export interface ProfileTable {
  numberOf(profile: Profile): number
  profile(number: number): Profile
  text(number: number): string
}

const recordLimit = 1024 * 1024
const usualMemoryLimit = 16 * 1024 * 1024

export function makeRowPile(spillDir: string, profiles: ProfileTable, memoryLimit = usualMemoryLimit): RowPile {
  const heaps = new Map<string, { readonly path: string; lines: string[]; spilled: boolean }>()
  let held = 0

  async function spill(): Promise<void> {
    await mkdir(spillDir, { recursive: true })
    for (const heap of heaps.values()) {
      if (heap.lines.length === 0) continue
      await appendFile(heap.path, `${heap.lines.join('\n')}\n`)
      heap.lines = []
      heap.spilled = true
    }
    held = 0
  }

  return {
    async add(record) {
      const line = JSON.stringify([record.name, profiles.numberOf(profileOf(record)), ...rowOf(record)])
      if (line.length > recordLimit) return false
      const heap = heaps.get(record.namespace) ?? {
        path: join(spillDir, `${heaps.size}.rows`),
        lines: [],
        spilled: false,
      }
      heaps.set(record.namespace, heap)
      heap.lines.push(line)
      held += line.length
      if (held > memoryLimit) await spill()
      return true
    },
    get namespaces() {
      return [...heaps.keys()]
    },
    async *lines(namespace) {
      const heap = heaps.get(namespace)
      if (heap?.spilled === true) yield* createInterface({ input: createReadStream(heap.path) })
      yield* heap?.lines ?? []
    },
  }
}

/** What all piles hold of one namespace: sorted, without exact duplicates. */
export async function collate(
  piles: readonly RowPile[],
  namespace: string,
  { profiles, turns }: { readonly profiles: ProfileTable; readonly turns: Turns },
): Promise<NamespaceRows> {
  const byName = new Map<string, Set<string>>()
  for (const pile of piles) {
    for await (const line of pile.lines(namespace)) {
      const [name, ...rest]: [string, ...unknown[]] = JSON.parse(line)
      const rows = byName.get(name)
      if (rows === undefined) byName.set(name, new Set([JSON.stringify(rest)]))
      else rows.add(JSON.stringify(rest))
      if (turns.isDue) await turns.give()
    }
  }
  return sortedRows(byName, profiles, turns)
}

async function sortedRows(
  byName: ReadonlyMap<string, ReadonlySet<string>>,
  profiles: ProfileTable,
  turns: Turns,
): Promise<NamespaceRows> {
  const parsed: [string, [number, ...Row][]][] = []
  for (const [name, texts] of [...byName].toSorted(([a], [b]) => order(a, b))) {
    parsed.push([name, [...texts].map((text): [number, ...Row] => JSON.parse(text))])
    if (turns.isDue) await turns.give()
  }
  const numbers = parsed.flatMap(([, rows]) => rows.map(([number]) => number))
  const sorted = [...new Set(numbers)].toSorted((a, b) => order(profiles.text(a), profiles.text(b)))
  const renumbered = new Map(sorted.map((number, index) => [number, index]))
  const bySource = new Map<string, number>()
  for (const number of numbers) {
    const { source } = profiles.profile(number)
    bySource.set(source, (bySource.get(source) ?? 0) + 1)
  }
  const entries: [string, NumberedRow[]][] = []
  for (const [name, rows] of parsed) {
    const local = rows.map(([number, ...row]): NumberedRow => [renumbered.get(number) ?? 0, ...row])
    entries.push([name, local.toSorted(orderRows)])
    if (turns.isDue) await turns.give()
  }
  return { profiles: sorted.map((number) => profiles.profile(number)), entries, bySource }
}

function orderRows(a: NumberedRow, b: NumberedRow): number {
  return order(String(a[1]), String(b[1])) || order(JSON.stringify(a), JSON.stringify(b))
}

export function makeProfileTable(): ProfileTable {
  const numbers = new Map<string, number>()
  const known: { readonly text: string; readonly profile: Profile }[] = []
  function at(number: number) {
    const entry = known[number]
    if (entry === undefined) throw new RangeError(`there is no profile ${number}`)
    return entry
  }
  return {
    numberOf(profile) {
      const text = JSON.stringify(profile)
      const number = numbers.get(text) ?? known.push({ text, profile }) - 1
      numbers.set(text, number)
      return number
    },
    profile: (number) => at(number).profile,
    text: (number) => at(number).text,
  }
}
