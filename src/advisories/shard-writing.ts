import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Turns } from '#kit/turns.ts'
import type { Kev } from '#model/finding.ts'
import { type ManifestShard, order, sha256, shardFile } from './manifest.ts'
import { collate, type ProfileTable, type RowPile } from './row-pile.ts'
import { encodeShard, type ShardEntry } from './shard.ts'
import type { ReleaseCycle } from './source.ts'

export interface Facts {
  readonly piles: readonly RowPile[]
  readonly kev: readonly (readonly [cve: string, Kev])[]
  readonly cycles: readonly ReleaseCycle[]
  readonly signal: AbortSignal
}

/** Writes one file per namespace, and says what the manifest is to list. */
export async function writeShards(dir: string, profiles: ProfileTable, { piles, kev, cycles, signal }: Facts) {
  await mkdir(join(dir, 'shards'))
  const shards: ManifestShard[] = []
  const bySource = new Map<string, number>()

  async function write(
    about: Pick<ManifestShard, 'kind' | 'namespace'>,
    tables: unknown,
    entries: readonly ShardEntry[],
  ): Promise<void> {
    if (entries.length === 0) return
    const bytes = await encodeShard({ ...about, tables }, entries, signal)
    const digest = sha256(bytes)
    await writeFile(join(dir, shardFile(digest)), bytes, { flush: true })
    const records = entries.reduce((sum, [, rows]) => sum + rows.length, 0)
    shards.push({ ...about, digest, size: bytes.length, records, packages: entries.length })
  }

  for (const namespace of new Set(piles.flatMap((pile) => pile.namespaces))) {
    const rows = await collate(piles, namespace, { profiles, turns: new Turns(signal) })
    for (const [source, count] of rows.bySource) bySource.set(source, (bySource.get(source) ?? 0) + count)
    await write({ kind: 'advisories', namespace }, { profiles: rows.profiles }, rows.entries)
  }
  await write({ kind: 'kev', namespace: 'kev' }, {}, kevEntries(kev))
  await write({ kind: 'cycles', namespace: 'cycles' }, {}, cycleEntries(cycles))
  return { shards, bySource }
}

/** Of two entries for one CVE the earlier date counts. `0` stands for absent. */
function kevEntries(kev: Facts['kev']): ShardEntry[] {
  const rows = kev.map(
    ([cve, { dateAdded, dueDate, ransomware }]) => [cve, [dateAdded, dueDate ?? 0, ransomware ? 1 : 0]] as const,
  )
  return [...Map.groupBy(rows, ([cve]) => cve)]
    .toSorted(([a], [b]) => order(a, b))
    .map(([cve, same]) => [
      cve,
      same
        .map(([, row]) => row)
        .toSorted(orderRows)
        .slice(0, 1),
    ])
}

/** Of two entries for one release the later dates count. */
function cycleEntries(cycles: readonly ReleaseCycle[]): ShardEntry[] {
  return [...Map.groupBy(cycles, ({ distribution }) => distribution)]
    .toSorted(([a], [b]) => order(a, b))
    .map(([distribution, same]) => {
      const rows = same.map(
        ({ release, endOfLife, endOfExtendedSupport }) => [release, endOfLife ?? 0, endOfExtendedSupport ?? 0] as const,
      )
      const sorted = rows.toSorted(orderRows)
      return [distribution, sorted.filter(([release], index) => sorted[index + 1]?.[0] !== release)]
    })
}

function orderRows(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  return order(sortKey(a), sortKey(b))
}

function sortKey(row: readonly (string | number)[]): string {
  return row.map((cell) => (cell === 0 ? '' : cell)).join('\0')
}
