import type { KeyObject } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Context } from '#kit/context.ts'
import type { Kev } from '#model/finding.ts'
import { type Database, openDatabase } from './database.ts'
import { installDatabase } from './install.ts'
import {
  type ManifestShard,
  type ManifestSource,
  manifestBytes,
  manifestFile,
  order,
  sha256,
  shardFile,
  signatureFile,
} from './manifest.ts'
import { makeRowPile, type RowPile } from './row-pile.ts'
import { encodeShard, type ShardEntry } from './shard.ts'
import { signatureBytes } from './signature.ts'
import type { AdvisorySource, FeedFile, FeedItem, ReleaseCycle } from './source.ts'

/** One line of a recipe: files, who reads them, and what the manifest says of them. */
export interface BuildInput {
  readonly source: AdvisorySource
  readonly files: readonly FeedFile[]
  /** Where these differ from the source's own. */
  readonly about?: Partial<Omit<ManifestSource, 'records'>> | undefined
}

export interface BuildOptions {
  readonly builtAt: Date
  /** Without a key the database is not signed. */
  readonly key?: KeyObject | undefined
  /** A database whose other sources are kept as they are. */
  readonly base?: { readonly database: Database; readonly sources: readonly ManifestSource[] } | undefined
}

export interface BuildReport {
  readonly digest: string
  readonly builtAt: string
  readonly bytes: number
  readonly records: number
  readonly sources: readonly SourceReport[]
}

export interface SourceReport extends ManifestSource {
  /** Entries that could not be used, and the first of them. */
  readonly dropped: number
  readonly examples: readonly { readonly at: string; readonly reason: string }[]
}

interface Heap {
  readonly rows: RowPile
  readonly kev: Map<string, Kev>
  readonly cycles: Map<string, ReleaseCycle>
}

const exampleLimit = 20
const abandonedMs = 24 * 60 * 60 * 1000

/** Builds a database at `output`, replacing what is there only once the new one is whole. */
export async function buildDatabase(
  output: string,
  inputs: readonly BuildInput[],
  options: BuildOptions & { readonly context: Context },
): Promise<BuildReport> {
  const target = resolve(output)
  await mkdir(dirname(target), { recursive: true })
  const prefix = `.${basename(target)}.building-`
  await removeAbandoned(dirname(target), prefix, options.context.now())
  const staging = await mkdtemp(join(dirname(target), prefix))
  try {
    await chmod(staging, 0o755)
    const spill = join(staging, 'rows')
    const heap: Heap = { rows: makeRowPile(spill), kev: new Map(), cycles: new Map() }
    const reports = []
    for (const input of inputs) reports.push(await readInput(input, heap, options))
    const sources = [...reports, ...(await keep(heap, options))]
    const { shards, bySource } = await writeShards(staging, heap)
    await rm(spill, { recursive: true, force: true })
    const counted = sources.map((source) => ({ ...source, records: source.records + (bySource.get(source.id) ?? 0) }))
    const builtAt = options.builtAt.toISOString()
    const listed = counted.map(({ dropped: _dropped, examples: _examples, ...source }) => source)
    const manifest = manifestBytes({ schemaVersion: 1, builtAt, sources: listed, shards })
    await writeFile(join(staging, manifestFile), manifest)
    if (options.key !== undefined) {
      await writeFile(join(staging, signatureFile), signatureBytes(manifest, options.key))
    }
    const digest = sha256(manifest)
    openDatabase(staging, options.key === undefined ? { pinned: digest } : {}).verify()
    await installDatabase(staging, target, options.context)
    const bytes = shards.reduce((sum, { size }) => sum + size, manifest.length)
    const records = shards.reduce((sum, shard) => sum + shard.records, 0)
    return { digest, builtAt, bytes, records, sources: counted.toSorted((a, b) => order(a.id, b.id)) }
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** A build that was killed leaves its staging directory; a day later nobody can still be writing there. */
async function removeAbandoned(parent: string, prefix: string, now: Date): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue
    const path = join(parent, name)
    const { mtimeMs } = await stat(path)
    if (now.getTime() - mtimeMs > abandonedMs) await rm(path, { recursive: true, force: true })
  }
}

async function readInput(
  { source, files, about }: BuildInput,
  heap: Heap,
  { context, builtAt }: BuildOptions & { readonly context: Context },
): Promise<SourceReport> {
  const id = about?.id ?? source.id
  const examples: { at: string; reason: string }[] = []
  const tally = { records: 0, dropped: 0, newest: '' }
  const origins = new Set<string>()
  const today = builtAt.toISOString().slice(0, 10)
  for (const file of files) {
    for await (const item of source.read(file, context.signal)) {
      context.signal.throwIfAborted()
      const dropped = await collect(item, { id, origins }, heap)
      if ('kev' in item || 'cycle' in item) tally.records += 1
      const date = dateOf(item)
      if (date > tally.newest && date <= today) tally.newest = date
      if (dropped === undefined) continue
      tally.dropped += 1
      if (examples.length < exampleLimit) examples.push(dropped)
    }
  }
  const asOf = about?.asOf ?? (tally.newest === '' ? undefined : tally.newest)
  return {
    name: source.title,
    url: source.homepage,
    licence: source.licence,
    ...originOf(origins),
    ...about,
    id,
    ...(asOf === undefined ? {} : { asOf }),
    records: tally.records,
    dropped: tally.dropped,
    examples,
  }
}

function originOf(origins: ReadonlySet<string>): Pick<ManifestSource, 'derivedFrom'> {
  return origins.size === 0 ? {} : { derivedFrom: [...origins].join('; ') }
}

/** What an item was dropped for, if it was. */
async function collect(item: FeedItem, source: { id: string; origins: Set<string> }, { rows, kev, cycles }: Heap) {
  if ('dropped' in item) return item.dropped
  if ('derivedFrom' in item) {
    source.origins.add(item.derivedFrom)
    return undefined
  }
  if ('kev' in item) {
    const { cve, ...entry } = item.kev
    const known = kev.get(cve)
    kev.set(cve, known === undefined || entry.dateAdded < known.dateAdded ? entry : known)
    return undefined
  }
  if ('cycle' in item) {
    const key = cycleKey(item.cycle)
    if (!cycles.has(key)) cycles.set(key, item.cycle)
    return undefined
  }
  const { record } = item
  if (record.name === '' || record.namespace === '' || record.id === '') {
    return { at: record.id, reason: 'it has no id, name or namespace' }
  }
  const isKept = await rows.add({ ...record, source: source.id })
  return isKept ? undefined : { at: record.id, reason: 'the record is too large' }
}

/** Takes over what the base has from sources that were not read again. */
async function keep(heap: Heap, { base }: BuildOptions): Promise<SourceReport[]> {
  if (base === undefined) return []
  const { database, sources } = base
  const rowsOf = new Map(sources.map(({ id }) => [id, 0]))
  for (const namespace of database.namespaces) {
    for (const record of database.records(namespace)) {
      const rows = rowsOf.get(record.source)
      if (rows === undefined) continue
      rowsOf.set(record.source, rows + 1)
      await heap.rows.add(record)
    }
  }
  if (heap.kev.size === 0) for (const [cve, entry] of database.kev()) heap.kev.set(cve, entry)
  if (heap.cycles.size === 0) for (const cycle of database.cycles()) heap.cycles.set(cycleKey(cycle), cycle)
  return sources.map((source) => {
    const records = Math.max(0, source.records - (rowsOf.get(source.id) ?? 0))
    return { ...source, records, dropped: 0, examples: [] }
  })
}

async function writeShards(dir: string, { rows, kev, cycles }: Heap) {
  await mkdir(join(dir, 'shards'))
  const shards: ManifestShard[] = []
  const bySource = new Map<string, number>()
  async function write(
    about: Pick<ManifestShard, 'kind' | 'namespace'>,
    tables: unknown,
    entries: readonly ShardEntry[],
  ) {
    if (entries.length === 0) return
    const bytes = encodeShard({ ...about, tables }, entries)
    const digest = sha256(bytes)
    await writeFile(join(dir, shardFile(digest)), bytes, { flush: true })
    const records = entries.reduce((sum, [, list]) => sum + list.length, 0)
    shards.push({ ...about, digest, size: bytes.length, records, packages: entries.length })
  }
  for (const namespace of rows.namespaces) {
    const taken = await rows.take(namespace)
    for (const [source, count] of taken.bySource) bySource.set(source, (bySource.get(source) ?? 0) + count)
    await write({ kind: 'advisories', namespace }, { profiles: taken.profiles }, taken.entries)
  }
  await write({ kind: 'kev', namespace: 'kev' }, {}, kevEntries(kev))
  await write({ kind: 'cycles', namespace: 'cycles' }, {}, cycleEntries(cycles))
  return { shards, bySource }
}

function kevEntries(kev: ReadonlyMap<string, Kev>): ShardEntry[] {
  return [...kev]
    .toSorted(([a], [b]) => order(a, b))
    .map(([cve, { dateAdded, dueDate, ransomware }]) => [cve, [[dateAdded, dueDate ?? 0, ransomware ? 1 : 0]]])
}

function cycleEntries(cycles: ReadonlyMap<string, ReleaseCycle>): ShardEntry[] {
  const byDistribution = Map.groupBy(
    [...cycles].toSorted(([a], [b]) => order(a, b)).map(([, cycle]) => cycle),
    ({ distribution }) => distribution,
  )
  return [...byDistribution]
    .toSorted(([a], [b]) => order(a, b))
    .map(([distribution, list]) => [
      distribution,
      list.map(({ release, endOfLife, endOfExtendedSupport }) => [release, endOfLife ?? 0, endOfExtendedSupport ?? 0]),
    ])
}

function cycleKey({ distribution, release }: ReleaseCycle): string {
  return JSON.stringify([distribution, release])
}

function dateOf(item: FeedItem): string {
  const text = 'record' in item ? (item.record.published ?? '') : 'kev' in item ? item.kev.dateAdded : ''
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? text.slice(0, 10) : ''
}
