import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import type { FixState } from '#model/finding.ts'
import type { Severity } from '#model/severity.ts'
import { fileContent } from './archive.ts'
import { readEntry } from './feed-entry.ts'
import { readHead } from './feed-head.ts'
import { jsonMembers } from './json-members.ts'
import type { AdvisoryRecord } from './record.ts'
import { defineSource, type FeedItem } from './source.ts'

const id = 'debian-tracker'

/** Suites by codename; `sid` is never released. */
const releases: Readonly<Record<string, string>> = {
  squeeze: '6',
  wheezy: '7',
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  duke: '15',
  sid: 'unstable',
}

const Release = z
  .object({
    status: z.enum(['resolved', 'open', 'undetermined']),
    fixed_version: z.string().min(1).optional(),
    urgency: z.string().default('not yet assigned'),
    /** Why there is no advisory, in prose. */
    nodsa: z.string().optional(),
    /** Empty, `postponed` or `ignored`. */
    nodsa_reason: z.string().optional(),
  })
  .refine(({ status, fixed_version: fixed }) => status !== 'resolved' || fixed !== undefined)
type Release = z.infer<typeof Release>

const Issue = z.object({ releases: z.record(z.string(), z.unknown()) })
const Member = z.record(z.string(), z.record(z.string(), z.unknown()))

export default defineSource({
  id,
  title: 'Debian Security Tracker',
  licence: 'not stated',
  homepage: 'https://security-tracker.debian.org/tracker/',
  downloads: [{ url: 'https://security-tracker.debian.org/tracker/data/json', file: 'tracker.json' }],
  refreshHours: 6,
  absentMeans: 'not-affected',

  recognises(_name, head) {
    return /^\s*\{\s*"[^"]{1,100}"\s*:\s*\{\s*"(?:CVE|TEMP)-/.test(readHead(head).text.slice(0, 400))
  },

  async *read(file, signal) {
    let packages = 0
    let position = 0
    for await (const text of jsonMembers(fileContent(file, signal), file.name)) {
      position += 1
      const member = readEntry(Member, text)
      if (member === undefined) {
        yield { dropped: { at: `entry ${position}`, reason: 'not a source package with its issues' } }
        continue
      }
      packages += 1
      for (const [name, issues] of Object.entries(member)) yield* packageItems(name, issues)
    }
    if (packages === 0) throw new Problem('malformed', 'this is not the Debian security tracker', { at: file.name })
  },
})

function* packageItems(name: string, issues: Readonly<Record<string, unknown>>): Generator<FeedItem> {
  for (const [issue, value] of Object.entries(issues)) {
    const at = `${name} ${issue}`
    const parsed = Issue.safeParse(value)
    if (!/^(?:CVE|TEMP)-[\w-]{1,40}$/.test(issue) || parsed.data === undefined) {
      yield { dropped: { at, reason: 'not an issue of the tracker' } }
      continue
    }
    for (const [codename, entry] of Object.entries(parsed.data.releases)) {
      const release = Release.safeParse(entry).data
      const number = releases[codename]
      if (number === undefined) yield { dropped: { at: `${at} ${codename}`, reason: 'a release that is not known' } }
      else if (release === undefined)
        yield { dropped: { at: `${at} ${codename}`, reason: 'a status that is not known' } }
      else yield { record: recordOf({ name, id: issue, namespace: `debian-${number}` }, release) }
    }
  }
}

function recordOf(key: Pick<AdvisoryRecord, 'name' | 'id' | 'namespace'>, release: Release): AdvisoryRecord {
  const { fixed_version: fixed } = release
  const verdict = verdictOf(release)
  return {
    ...key,
    aliases: [],
    keyKind: 'source',
    scheme: 'deb',
    ranges: verdict.fixState === 'fixed' && fixed !== undefined ? [{ fixed }] : [],
    ...verdict,
    severity: severityOf(release.urgency),
    source: id,
  }
}

type Verdict = Pick<AdvisoryRecord, 'state' | 'fixState' | 'vendorStatus'>

function verdictOf({ status, fixed_version: fixed, urgency, nodsa, nodsa_reason: reason }: Release): Verdict {
  if (status === 'undetermined') {
    return { state: 'under-investigation', fixState: 'unknown', vendorStatus: 'undetermined' }
  }
  // The version 0 says that the release never had the fault.
  if (status === 'resolved' && fixed === '0') return { state: 'not-affected', fixState: 'unknown' }
  if (status === 'resolved') return { state: 'affected', fixState: 'fixed' }
  if (urgency === 'end-of-life') return { state: 'affected', fixState: 'end-of-life', vendorStatus: 'end-of-life' }
  if (reason === 'ignored' || reason === 'postponed') {
    return { state: 'affected', fixState: unfixed[reason], vendorStatus: reason }
  }
  if (nodsa !== undefined || reason !== undefined) {
    return { state: 'affected', fixState: 'not-fixed', vendorStatus: 'no-dsa' }
  }
  return { state: 'affected', fixState: 'not-fixed' }
}

const unfixed = { ignored: 'will-not-fix', postponed: 'deferred' } as const satisfies Record<string, FixState>

const severities: Readonly<Record<string, Severity>> = {
  unimportant: 'negligible',
  low: 'low',
  medium: 'medium',
  high: 'high',
}

/** Two stars mark an urgency that was not set by the security team. */
function severityOf(urgency: string): Severity {
  return severities[urgency.replace(/\*{1,2}$/, '')] ?? 'unknown'
}
