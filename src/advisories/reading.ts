import type { Context } from '#kit/context.ts'
import type { Kev } from '#model/finding.ts'
import type { Database } from './database.ts'
import type { ManifestSource } from './manifest.ts'
import type { AdvisoryRecord } from './record.ts'
import { makeRowPile, type ProfileTable, type RowPile } from './row-pile.ts'
import type { AdvisorySource, FeedFile, FeedItem, ReleaseCycle } from './source.ts'

/** One line of a recipe: files, who reads them, and what the manifest says of them. */
export interface BuildInput {
  readonly source: AdvisorySource
  readonly files: readonly FeedFile[]
  /** Where these differ from the source's own. */
  readonly about?: SourceNotes | undefined
}

type SourceNotes = { readonly [Field in Exclude<keyof ManifestSource, 'records'>]?: string | undefined }

export interface SourceReport extends ManifestSource {
  /** Entries that were left out. */
  readonly dropped: number
  readonly reasons: readonly DropReason[]
}

interface DropReason {
  readonly reason: string
  readonly count: number
  /** Where the first of them is. */
  readonly first: string
}

/** Everything that one source had to say; `report.records` counts only what is not a row. */
export interface Reading {
  readonly report: SourceReport
  readonly rows: RowPile
  readonly kev: ReadonlyMap<string, Kev>
  readonly cycles: readonly ReleaseCycle[]
}

interface Target {
  readonly spillDir: string
  readonly profiles: ProfileTable
}

const reasonLimit = 50

export async function readInput(
  { source, files, about }: BuildInput,
  { spillDir, profiles }: Target,
  { builtAt, context }: { readonly builtAt: Date; readonly context: Context },
): Promise<Reading> {
  const id = about?.id ?? source.id
  const rows = makeRowPile(spillDir, profiles)
  const kev = new Map<string, Kev>()
  const cycles: ReleaseCycle[] = []
  const drops = countDrops()
  const origins = new Set<string>()
  const today = builtAt.toISOString().slice(0, 10)
  let newest = ''

  async function collect(item: FeedItem): Promise<void> {
    const date = dateOf(item)
    if (date > newest && date <= today) newest = date
    if ('dropped' in item) drops.add(item.dropped)
    else if ('derivedFrom' in item) origins.add(item.derivedFrom)
    else if ('cycle' in item) cycles.push(item.cycle)
    else if ('kev' in item) {
      const { cve, ...entry } = item.kev
      kev.set(cve, entry)
    } else {
      const fault = await keepRecord(item.record, id, rows)
      if (fault !== undefined) drops.add({ at: item.record.id, reason: fault })
    }
  }

  let items = 0
  for (const file of files) {
    for await (const item of source.read(file, context.signal)) {
      items += 1
      if (items % 1024 === 0) {
        context.signal.throwIfAborted()
        context.progress({ task: `records of ${id}`, done: items, unit: 'items' })
      }
      await collect(item)
    }
  }
  context.progress({ task: `records of ${id}`, done: items, unit: 'items', finished: true })
  const found = {
    asOf: newest === '' ? undefined : newest,
    derivedFrom: origins.size === 0 ? undefined : [...origins].toSorted().join('; '),
  }
  const report = { ...describe(source, { ...found, ...about, id }), ...drops.report() }
  return { report: { ...report, records: kev.size + cycles.length }, rows, kev, cycles }
}

function countDrops() {
  const reasons = new Map<string, { count: number; first: string }>()
  let dropped = 0
  return {
    add({ at, reason }: { readonly at: string; readonly reason: string }): void {
      dropped += 1
      const known = reasons.get(reason)
      if (known !== undefined) known.count += 1
      else if (reasons.size < reasonLimit) reasons.set(reason, { count: 1, first: at })
    },
    report: () => ({ dropped, reasons: [...reasons].map(([reason, entry]) => ({ reason, ...entry })) }),
  }
}

function describe({ title, homepage, licence }: AdvisorySource, about: SourceNotes & { readonly id: string }) {
  const { id, asOf, derivedFrom, standsInFor, inputs } = about
  return {
    id,
    name: about.name ?? title,
    url: about.url ?? homepage,
    licence: about.licence ?? licence,
    ...(asOf === undefined ? {} : { asOf }),
    ...(derivedFrom === undefined ? {} : { derivedFrom }),
    ...(standsInFor === undefined ? {} : { standsInFor }),
    ...(inputs === undefined ? {} : { inputs }),
  }
}

/** Why the record cannot be kept, if it cannot. */
async function keepRecord(record: AdvisoryRecord, source: string, rows: RowPile): Promise<string | undefined> {
  if (record.name === '' || record.namespace === '' || record.id === '') return 'no id, name or namespace'
  return (await rows.add({ ...record, source })) ? undefined : 'the record is too large'
}

/** Takes over what a database has from some of its sources in some of its namespaces. */
export async function readBase(
  database: Database,
  wanted: { readonly sources: ReadonlySet<string>; readonly namespaces: readonly string[] },
  { spillDir, profiles }: Target,
): Promise<RowPile> {
  const rows = makeRowPile(spillDir, profiles)
  for (const namespace of wanted.namespaces) {
    for (const record of database.records(namespace)) if (wanted.sources.has(record.source)) await rows.add(record)
  }
  return rows
}

function dateOf(item: FeedItem): string {
  const text = 'record' in item ? item.record.published : 'kev' in item ? item.kev.dateAdded : undefined
  return /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0] ?? ''
}
