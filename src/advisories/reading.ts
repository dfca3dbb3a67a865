import type { Context } from '#kit/context.ts'
import type { Kev } from '#model/finding.ts'
import type { Database } from './database.ts'
import type { ManifestSource } from './manifest.ts'
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
  /** Entries that could not be used, and the first of them. */
  readonly dropped: number
  readonly examples: readonly Dropped[]
}

export interface Dropped {
  readonly at: string
  readonly reason: string
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

const exampleLimit = 20

export async function readInput(
  { source, files, about }: BuildInput,
  { spillDir, profiles }: Target,
  { builtAt, context }: { readonly builtAt: Date; readonly context: Context },
): Promise<Reading> {
  const id = about?.id ?? source.id
  const rows = makeRowPile(spillDir, profiles)
  const kev = new Map<string, Kev>()
  const cycles: ReleaseCycle[] = []
  const origins = new Set<string>()
  const examples: Dropped[] = []
  const today = builtAt.toISOString().slice(0, 10)
  let dropped = 0
  let newest = ''

  /** What the item was dropped for, if it was. */
  async function collect(item: FeedItem): Promise<Dropped | undefined> {
    if ('dropped' in item) return item.dropped
    if ('derivedFrom' in item) {
      origins.add(item.derivedFrom)
      return undefined
    }
    const date = dateOf(item)
    if (date > newest && date <= today) newest = date
    if ('cycle' in item) cycles.push(item.cycle)
    else if ('kev' in item) {
      const { cve, ...entry } = item.kev
      kev.set(cve, entry)
    } else return keepRecord(item.record, id, rows)
    return undefined
  }

  let items = 0
  for (const file of files) {
    for await (const item of source.read(file, context.signal)) {
      items += 1
      if (items % 1024 === 0) {
        context.signal.throwIfAborted()
        context.progress({ task: `read ${id}`, done: items, unit: 'items' })
      }
      const reason = await collect(item)
      if (reason === undefined) continue
      dropped += 1
      if (examples.length < exampleLimit) examples.push(reason)
    }
  }
  context.progress({ task: `read ${id}`, done: items, unit: 'items', finished: true })
  const report = describe(source, { asOf: newest === '' ? undefined : newest, ...originOf(origins), ...about, id })
  return { report: { ...report, records: kev.size + cycles.length, dropped, examples }, rows, kev, cycles }
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

/** What the entries themselves say they were derived from. */
function originOf(origins: ReadonlySet<string>): Pick<SourceNotes, 'derivedFrom'> {
  return origins.size === 0 ? {} : { derivedFrom: [...origins].toSorted().join('; ') }
}

async function keepRecord(
  record: Extract<FeedItem, { record: unknown }>['record'],
  source: string,
  rows: RowPile,
): Promise<Dropped | undefined> {
  if (record.name === '' || record.namespace === '' || record.id === '') {
    return { at: record.id, reason: 'it has no id, name or namespace' }
  }
  const isKept = await rows.add({ ...record, source })
  return isKept ? undefined : { at: record.id, reason: 'the record is too large' }
}

/** Takes over what a database has from some of its sources. */
export async function readBase(
  database: Database,
  sources: readonly ManifestSource[],
  { spillDir, profiles }: Target,
): Promise<Pick<Reading, 'rows'> & { readonly reports: readonly SourceReport[] }> {
  const rows = makeRowPile(spillDir, profiles)
  const counts = new Map(sources.map(({ id }) => [id, 0]))
  for (const namespace of database.namespaces) {
    for (const record of database.records(namespace)) {
      const count = counts.get(record.source)
      if (count === undefined) continue
      counts.set(record.source, count + 1)
      await rows.add(record)
    }
  }
  const reports = sources.map((source) => {
    const records = Math.max(0, source.records - (counts.get(source.id) ?? 0))
    return { ...source, records, dropped: 0, examples: [] }
  })
  return { rows, reports }
}

function dateOf(item: FeedItem): string {
  const text = 'record' in item ? item.record.published : 'kev' in item ? item.kev.dateAdded : undefined
  return /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0] ?? ''
}
