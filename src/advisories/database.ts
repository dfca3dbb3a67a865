import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import type { Kev } from '#model/finding.ts'
import type { DatabaseFacts } from '#model/report.ts'
import type { ManifestShard } from './manifest.ts'
import type { AdvisoryRecord } from './record.ts'
import { RecordTables, recordOf } from './record-row.ts'
import { readSealedManifest, type SealedManifest, type SealOptions } from './sealed-manifest.ts'
import { openShardFile } from './shard-file.ts'
import type { ReleaseCycle } from './source.ts'

/** Facts about packages, read from a directory. Every call throws `advisories_missing` where that is damaged. */
export interface Database extends Disposable {
  readonly dir: string
  readonly facts: DatabaseFacts
  readonly sealed: SealedManifest
  readonly namespaces: ReadonlySet<string>
  /** Records of one package; opens and verifies the shard on first use. Sorted by id. */
  lookup(namespace: string, name: string): readonly AdvisoryRecord[]
  /** Everything a namespace holds, sorted by name, then id. */
  records(namespace: string): Iterable<AdvisoryRecord>
  /** Ids of the sources that a namespace has records of. */
  sourcesOf(namespace: string): ReadonlySet<string>
  /** By CVE id. */
  kev(): ReadonlyMap<string, Kev>
  cycles(): readonly ReleaseCycle[]
  /** Reads every shard to the end. */
  verify(): void
}

interface NamespaceReader {
  readonly sources: ReadonlySet<string>
  lookup(name: string): readonly AdvisoryRecord[]
  records(): Iterable<AdvisoryRecord>
}

/** `0` stands for absent. */
const KevRow = z.tuple([z.string(), z.string().or(z.literal(0)), z.literal([0, 1])])
const CycleRow = z.tuple([z.string(), z.string().or(z.literal(0)), z.string().or(z.literal(0))])

export function openDatabase(dir: string, options: SealOptions = {}): Database {
  const sealed = readSealedManifest(dir, options)
  const { shards } = sealed.manifest
  const listed = new Map(shards.filter(({ kind }) => kind === 'advisories').map((shard) => [shard.namespace, shard]))
  const readers = new Map<string, NamespaceReader>()

  function reader(namespace: string): NamespaceReader | undefined {
    const shard = listed.get(namespace)
    const known = readers.get(namespace)
    if (known !== undefined || shard === undefined) return known
    const opened = openNamespace(dir, shard)
    readers.set(namespace, opened)
    return opened
  }

  const kev = lazily(() => new Map(readKev(dir, shards)))
  const cycles = lazily(() => readCycles(dir, shards))
  return {
    dir,
    facts: factsOf(sealed),
    sealed,
    namespaces: new Set(listed.keys()),
    lookup: (namespace, name) => reader(namespace)?.lookup(name) ?? [],
    records: (namespace) => reader(namespace)?.records() ?? [],
    sourcesOf: (namespace) => reader(namespace)?.sources ?? new Set(),
    kev,
    cycles,
    verify() {
      for (const shard of listed.values()) checkCount(dir, shard, openNamespace(dir, shard).records())
      kev()
      cycles()
    },
    [Symbol.dispose]() {
      readers.clear()
    },
  }
}

function factsOf({ manifest, digest, seal }: SealedManifest): DatabaseFacts {
  return {
    digest,
    builtAt: manifest.builtAt,
    starter: seal.kind === 'starter',
    sources: manifest.sources.map(({ inputs: _inputs, standsInFor: _standsInFor, ...source }) => source),
  }
}

function openNamespace(dir: string, listed: ManifestShard): NamespaceReader {
  const { namespace } = listed
  const file = openShardFile(dir, listed)
  const { profiles } = file.guard(() => RecordTables.parse(file.tables))
  function decode(name: string, rows: readonly unknown[]): AdvisoryRecord[] {
    return file.guard(() => rows.map((row) => recordOf({ namespace, name }, profiles, row)))
  }
  return {
    sources: new Set(profiles.map(({ source }) => source)),
    lookup: (name) => decode(name, file.rows(name)),
    *records() {
      for (const [name, rows] of file.entries()) yield* decode(name, rows)
    },
  }
}

function checkCount(dir: string, { namespace, records }: ManifestShard, found: Iterable<AdvisoryRecord>): void {
  let count = 0
  for (const _ of found) count += 1
  if (count === records) return
  throw new Problem('advisories_missing', `${namespace} holds ${count} records instead of ${records}`, { at: dir })
}

function* readKev(dir: string, shards: readonly ManifestShard[]): Generator<[string, Kev]> {
  for (const listed of shards.filter(({ kind }) => kind === 'kev')) {
    const file = openShardFile(dir, listed)
    for (const [cve, rows] of file.entries()) {
      for (const row of rows) {
        const [dateAdded, dueDate, ransomware] = file.guard(() => KevRow.parse(row))
        yield [cve, { dateAdded, ...(dueDate === 0 ? {} : { dueDate }), ransomware: ransomware === 1 }]
      }
    }
  }
}

function readCycles(dir: string, shards: readonly ManifestShard[]): ReleaseCycle[] {
  const cycles: ReleaseCycle[] = []
  for (const listed of shards.filter(({ kind }) => kind === 'cycles')) {
    const file = openShardFile(dir, listed)
    for (const [distribution, rows] of file.entries()) {
      for (const row of rows) {
        const [release, endOfLife, extended] = file.guard(() => CycleRow.parse(row))
        const life = endOfLife === 0 ? {} : { endOfLife }
        cycles.push({ distribution, release, ...life, ...(extended === 0 ? {} : { endOfExtendedSupport: extended }) })
      }
    }
  }
  return cycles
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
