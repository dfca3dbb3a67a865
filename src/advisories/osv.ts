import { Problem } from '#kit/errors.ts'
import type { Range } from '#model/finding.ts'
import { feedMembers } from './archive.ts'
import { readEntry } from './feed-entry.ts'
import { spansOf } from './osv-ranges.ts'
import { isOfEcosystem, osvEcosystem } from './osv-recognition.ts'
import { OsvAffected, OsvRecord } from './osv-schema.ts'
import { rate } from './osv-severity.ts'
import type { AdvisoryRecord } from './record.ts'
import { type AdvisorySource, type DroppedItem, defineSource, type FeedFile, type FeedItem } from './source.ts'
import { type VersionOrder, versionOrder } from './version-order.ts'

/** What tells one ecosystem's OSV feed from another's. */
export interface OsvFeed {
  readonly id: string
  readonly title: string
  readonly licence: string
  readonly homepage: string
  /** As in the records and in the address of the download. */
  readonly ecosystem: string
  readonly namespace: string
  readonly scheme: string
  /** How the ecosystem itself compares names; without it, letter by letter. */
  readonly normalizeName?: (name: string) => string
}

/** An ecosystem's `all.zip` of the OSV bucket, or any zip, tar or single file of OSV records. */
export function defineOsvSource(feed: OsvFeed): AdvisorySource {
  const { id, title, licence, homepage, ecosystem } = feed
  const bucket = 'https://osv-vulnerabilities.storage.googleapis.com'
  return defineSource({
    id,
    title,
    licence,
    homepage,
    downloads: [{ url: `${bucket}/${encodeURIComponent(ecosystem)}/all.zip`, file: 'all.zip' }],
    refreshHours: 6,
    absentMeans: 'unknown',
    recognises: (name, head) => isOfEcosystem(osvEcosystem(name, head), ecosystem),
    read: (file, signal) => readFeed(feed, file, signal),
  })
}

async function* readFeed(feed: OsvFeed, file: FeedFile, signal: AbortSignal): AsyncGenerator<FeedItem> {
  const order = await versionOrder(feed.scheme)
  const origins = new Set<string>()
  for await (const item of osvRecords(file, { ecosystem: feed.ecosystem, signal })) {
    if ('dropped' in item) {
      yield item
      continue
    }
    const derivedFrom = item.advisory.database_specific?.derived_from
    if (typeof derivedFrom === 'string' && !origins.has(derivedFrom)) {
      origins.add(derivedFrom)
      yield { derivedFrom }
    }
    yield* recordsOf(item, feed, order)
  }
}

/** An advisory and what it says of the packages of one ecosystem. */
export interface OsvEntry {
  readonly advisory: OsvRecord
  readonly affected: readonly OsvAffected[]
}

/** Every advisory of a file that concerns the ecosystem. Throws `malformed` when there is none. */
export async function* osvRecords(
  file: FeedFile,
  { ecosystem, signal }: { readonly ecosystem: string; readonly signal: AbortSignal },
): AsyncGenerator<OsvEntry | DroppedItem> {
  let found = 0
  for await (const member of feedMembers(file, { signal, wants: isOsvName })) {
    if ('dropped' in member) {
      yield member
      continue
    }
    const advisory = readEntry(OsvRecord, member.bytes.toString())
    if (advisory === undefined) {
      yield { dropped: { at: member.name, reason: 'not an OSV record' } }
      continue
    }
    const { affected, damaged, others } = packagesOf(advisory, ecosystem)
    for (const at of damaged) yield { dropped: { at, reason: 'a package that cannot be read' } }
    if (affected.length === 0) {
      if (damaged.length === 0)
        yield { dropped: { at: advisory.id, reason: others ? 'of another ecosystem' : 'names no package' } }
      continue
    }
    found += 1
    if (isWithdrawn(advisory)) yield { dropped: { at: advisory.id, reason: 'withdrawn' } }
    else yield { advisory, affected }
  }
  if (found === 0) throw new Problem('malformed', `this has no advisory about ${ecosystem}`, { at: file.name })
}

/** The field, or the title by which GitHub's database marks it where the field got lost on the way. */
function isWithdrawn({ withdrawn, summary }: OsvRecord): boolean {
  return typeof withdrawn === 'string' || /^withdrawn(?: advisory)?(?::|$)/i.test(summary ?? '')
}

function isOsvName(name: string): boolean {
  return name.endsWith('.json')
}

function packagesOf(advisory: OsvRecord, ecosystem: string) {
  const affected: OsvAffected[] = []
  const damaged: string[] = []
  let others = false
  for (const [index, value] of (advisory.affected ?? []).entries()) {
    const entry = OsvAffected.safeParse(value).data
    if (entry === undefined) damaged.push(`${advisory.id} affected.${index}`)
    else if (isOfEcosystem(entry.package.ecosystem, ecosystem)) affected.push(entry)
    else others = true
  }
  return { affected, damaged, others }
}

function* recordsOf({ advisory, affected }: OsvEntry, feed: OsvFeed, order: VersionOrder | undefined) {
  const normalize = feed.normalizeName ?? ((name) => name)
  const byName = Map.groupBy(affected, (entry) => normalize(entry.package.name))
  for (const [name, entries] of byName) {
    const extent = extentOf(entries, order)
    if (typeof extent === 'string') yield { dropped: { at: `${advisory.id} ${name}`, reason: extent } }
    else yield { record: recordOf(advisory, { feed, name, entries, extent }) }
  }
}

interface Extent {
  readonly ranges: readonly Range[]
  readonly versions: readonly string[]
}

/** All that several entries for one package say together; or why they say nothing usable. */
function extentOf(entries: readonly OsvAffected[], order: VersionOrder | undefined): Extent | string {
  const ranges = new Map<string, Range>()
  const versions = new Set<string>()
  let isUnreadable = false
  for (const entry of entries) {
    const own = (entry.ranges ?? []).filter(({ type }) => type === 'SEMVER' || type === 'ECOSYSTEM')
    const spans = own.map((range) => spansOf(range, order))
    for (const span of spans.flatMap((list) => list ?? [])) ranges.set(JSON.stringify(span), span)
    const isUsable = own.length > 0 && spans.every((list) => list !== undefined)
    isUnreadable ||= spans.includes(undefined)
    // A list of versions repeats what the ranges say, wherever these can be compared.
    if (!isUsable || order === undefined) for (const version of entry.versions ?? []) versions.add(version)
  }
  if (ranges.size > 0 || versions.size > 0) return { ranges: [...ranges.values()], versions: [...versions] }
  if (isUnreadable) return 'versions that cannot be compared'
  return entries.some((entry) => (entry.ranges ?? []).length > 0) ? 'no range of versions' : 'names no version'
}

interface Subject {
  readonly feed: OsvFeed
  readonly name: string
  readonly entries: readonly OsvAffected[]
  readonly extent: Extent
}

function recordOf(advisory: OsvRecord, { feed, name, entries, extent }: Subject): AdvisoryRecord {
  const { ranges, versions } = extent
  const [first] = entries
  const remark = entries.flatMap((entry) => entry.database_specific?.informational ?? [])[0]
  const published = dateOf(advisory.published)
  return {
    id: advisory.id,
    aliases: otherNames(advisory),
    namespace: feed.namespace,
    keyKind: 'binary',
    name,
    scheme: feed.scheme,
    ranges,
    ...(versions.length === 0 ? {} : { versions }),
    state: 'affected',
    fixState: fixStateOf(extent),
    ...(remark === undefined ? {} : { vendorStatus: remark }),
    ...(first === undefined ? { severity: 'unknown' as const } : rate(advisory, first)),
    ...(published === undefined ? {} : { published }),
    source: feed.id,
  }
}

/** A record of a downstream lists what it was made from as `upstream`. Related advisories are other faults. */
export function otherNames({ id, aliases, upstream }: OsvRecord): readonly string[] {
  return [...new Set([...(aliases ?? []), ...(upstream ?? [])])].filter((name) => name !== '' && name !== id)
}

/** The year 1 is a placeholder. */
export function dateOf(published: string | null | undefined): string | undefined {
  return typeof published === 'string' && /^(?!0001)\d{4}-\d{2}-\d{2}/.test(published) ? published : undefined
}

/** Only spans without an end say that there is no fix. */
function fixStateOf({ ranges, versions }: Extent): AdvisoryRecord['fixState'] {
  if (ranges.some(({ fixed }) => fixed !== undefined)) return 'fixed'
  const isOpen = ranges.length > 0 && ranges.every(({ lastAffected }) => lastAffected === undefined)
  return isOpen && versions.length === 0 ? 'not-fixed' : 'unknown'
}
