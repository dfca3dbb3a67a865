import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { fixStates, type Range } from '#model/finding.ts'
import { severities } from '#model/severity.ts'
import type { AdvisoryRecord } from './record.ts'

/** What many records of a shard have in common; rows refer to it by its number. */
const Profile = z.object({
  source: z.string(),
  keyKind: z.enum(['source', 'binary']),
  scheme: z.string(),
  state: z.enum(['affected', 'not-affected', 'under-investigation']),
  fixState: z.enum(fixStates),
  severity: z.enum(severities),
  vendorStatus: z.string().optional(),
  module: z.string().optional(),
  architectures: z.array(z.string()).optional(),
})
export type Profile = z.infer<typeof Profile>

export const RecordTables = z.object({ profiles: z.array(Profile) })

/** `0` stands for absent; absent values at the end are left out. */
type Cell = string | 0 | readonly (string | 0)[] | readonly (string | readonly (string | 0)[])[]

/** `[id, ranges, aliases, published, cvss, versions]` */
export type Row = readonly Cell[]

export function profileOf(record: AdvisoryRecord): Profile {
  const { source, keyKind, scheme, state, fixState, severity, vendorStatus, module, architectures } = record
  return {
    source,
    keyKind,
    scheme,
    state,
    fixState,
    severity,
    ...(vendorStatus === undefined ? {} : { vendorStatus }),
    ...(module === undefined ? {} : { module }),
    ...(architectures === undefined ? {} : { architectures: [...architectures] }),
  }
}

export function rowOf(record: AdvisoryRecord): Row {
  const { id, aliases, ranges, published, cvss, versions } = record
  return trimmed([
    id,
    ranges.length === 0 ? 0 : ranges.map(spanOf),
    aliases.length === 0 ? 0 : aliases,
    published ?? 0,
    cvss ?? 0,
    versions ?? 0,
  ])
}

/** Throws `malformed` when the row is not a record of these profiles. */
export function recordOf(
  { namespace, name }: Pick<AdvisoryRecord, 'namespace' | 'name'>,
  profiles: readonly Profile[],
  value: unknown,
): AdvisoryRecord {
  if (!Array.isArray(value)) throw notARecord()
  const [number, id, ranges, aliases, published, cvss, versions]: unknown[] = value
  const profile = typeof number === 'number' ? profiles[number] : undefined
  if (profile === undefined || typeof id !== 'string') throw notARecord()
  const date = text(published)
  const scores = texts(cvss)
  const list = texts(versions)
  return {
    id,
    aliases: texts(aliases) ?? [],
    namespace,
    name,
    ranges: rangesOf(ranges),
    ...profile,
    ...(date === undefined ? {} : { published: date }),
    ...(scores === undefined ? {} : { cvss: scores }),
    ...(list === undefined ? {} : { versions: list }),
  }
}

function spanOf({ introduced, fixed, lastAffected }: Range): readonly (string | 0)[] {
  return trimmed([introduced ?? 0, fixed ?? 0, lastAffected ?? 0])
}

function rangesOf(value: unknown): readonly Range[] {
  if (value === undefined || value === 0) return []
  if (!Array.isArray(value)) throw notARecord()
  return value.map((span: unknown) => {
    if (!Array.isArray(span)) throw notARecord()
    const [introduced, fixed, lastAffected] = span.map(text)
    return {
      ...(introduced === undefined ? {} : { introduced }),
      ...(fixed === undefined ? {} : { fixed }),
      ...(lastAffected === undefined ? {} : { lastAffected }),
    }
  })
}

function trimmed<Item>(cells: readonly (Item | 0)[]): readonly (Item | 0)[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell !== 0) + 1)
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (value === undefined || value === 0) return undefined
  throw notARecord()
}

function texts(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === 0) return undefined
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw notARecord()
  return value
}

function notARecord(): Problem {
  return new Problem('malformed', 'a row is not a record')
}
