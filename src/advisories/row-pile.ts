import { createReadStream } from 'node:fs'
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { order } from './manifest.ts'
import type { AdvisoryRecord } from './record.ts'
import { type Profile, profileOf, type Row, rowOf } from './record-row.ts'

/** Records on their way into shards: kept as text, and on disk once they are many. */
export interface RowPile {
  /** False when the record is too large to be kept. */
  add(record: AdvisoryRecord): Promise<boolean>
  readonly namespaces: readonly string[]
  /** Sorted, without exact duplicates. */
  take(namespace: string): Promise<NamespaceRows>
}

export interface NamespaceRows {
  readonly profiles: readonly Profile[]
  readonly entries: readonly (readonly [name: string, rows: readonly (readonly [profile: number, ...Row])[]])[]
  /** How many rows each source gave. */
  readonly bySource: ReadonlyMap<string, number>
}

const recordLimit = 1024 * 1024
const memoryLimit = 32 * 1024 * 1024

export function makeRowPile(spillDir: string): RowPile {
  const profiles = makeProfileTable()
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
      let heap = heaps.get(record.namespace)
      if (heap === undefined) {
        heap = { path: join(spillDir, `${heaps.size}.rows`), lines: [], spilled: false }
        heaps.set(record.namespace, heap)
      }
      heap.lines.push(line)
      held += line.length
      if (held > memoryLimit) await spill()
      return true
    },
    get namespaces() {
      return [...heaps.keys()].toSorted(order)
    },
    async take(namespace) {
      const heap = heaps.get(namespace)
      heaps.delete(namespace)
      const byName = new Map<string, Set<string>>()
      for await (const line of linesOf(heap)) {
        const [name, ...rest]: [string, ...unknown[]] = JSON.parse(line)
        const rows = byName.get(name)
        if (rows === undefined) byName.set(name, new Set([JSON.stringify(rest)]))
        else rows.add(JSON.stringify(rest))
      }
      return sortedRows(byName, profiles)
    },
  }
}

async function* linesOf(heap: { path: string; lines: readonly string[]; spilled: boolean } | undefined) {
  if (heap?.spilled === true) yield* createInterface({ input: createReadStream(heap.path) })
  yield* heap?.lines ?? []
}

function sortedRows(byName: ReadonlyMap<string, ReadonlySet<string>>, profiles: ProfileTable): NamespaceRows {
  const used = new Set<number>()
  const parsed = [...byName].map(([name, texts]) => {
    const rows = [...texts].map((text): [number, ...Row] => JSON.parse(text))
    for (const [number] of rows) used.add(number)
    return [name, rows] as const
  })
  const sorted = [...used].toSorted((a, b) => order(profiles.text(a), profiles.text(b)))
  const renumbered = new Map(sorted.map((number, index) => [number, index]))
  const bySource = new Map<string, number>()
  const entries = parsed
    .toSorted(([a], [b]) => order(a, b))
    .map(([name, rows]) => {
      for (const [number] of rows) {
        const { source } = profiles.profile(number)
        bySource.set(source, (bySource.get(source) ?? 0) + 1)
      }
      const sortable = rows.map(([number, ...row]) => {
        const local: readonly [number, ...Row] = [renumbered.get(number) ?? 0, ...row]
        return { id: String(row[0]), text: JSON.stringify(local), row: local }
      })
      return [
        name,
        sortable.toSorted((a, b) => order(a.id, b.id) || order(a.text, b.text)).map(({ row }) => row),
      ] as const
    })
  return { profiles: sorted.map((number) => profiles.profile(number)), entries, bySource }
}

interface ProfileTable {
  numberOf(profile: Profile): number
  profile(number: number): Profile
  text(number: number): string
}

function makeProfileTable(): ProfileTable {
  const numbers = new Map<string, number>()
  const texts: string[] = []
  return {
    numberOf(profile) {
      const text = JSON.stringify(profile)
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, texts.length)
      return texts.push(text) - 1
    },
    profile: (number) => JSON.parse(texts[number] ?? 'null'),
    text: (number) => texts[number] ?? '',
  }
}
