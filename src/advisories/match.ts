import { counted } from '#kit/text.ts'
import { Turns } from '#kit/turns.ts'
import { newestCvss } from '#model/cvss.ts'
import type { Distribution } from '#model/distribution.ts'
import type { Ecosystem } from '#model/ecosystem.ts'
import type { Finding, Kev, Suppression } from '#model/finding.ts'
import type { Package, Unknown } from '#model/package.ts'
import type { DatabaseFacts, EcosystemCoverage } from '#model/report.ts'
import { versionSchemes } from '#versions/registry.generated.ts'

import { type Comparator, comparatorOf, evaluate, type Judgement } from './evaluate.ts'
import { type Lifecycle, lifecycleOf } from './lifecycle.ts'
import { isOfDistribution, keyOf, namespaceOf } from './namespace.ts'
import type { AdvisoryRecord } from './record.ts'
import type { ReleaseCycle } from './source.ts'

/** The part of a database that matching asks. */
export interface AdvisoryIndex {
  readonly facts: DatabaseFacts
  readonly namespaces: ReadonlySet<string>
  lookup(namespace: string, name: string): readonly AdvisoryRecord[]
  kev(): ReadonlyMap<string, Kev>
  cycles(): readonly ReleaseCycle[]
}

export interface Matched {
  /** Of every verdict, `not-affected` included; sorted by package, location and id. */
  readonly findings: readonly Finding[]
  readonly unknowns: readonly Unknown[]
  readonly ecosystems: readonly EcosystemCoverage[]
  readonly lifecycle: Lifecycle | undefined
}

/** Judges every package by the feed that speaks of it. What no feed can judge comes back as unknown. */
export async function matchAdvisories(
  packages: readonly Package[],
  distribution: Distribution | undefined,
  index: AdvisoryIndex,
): Promise<Matched> {
  const schemes = new Map<string, Comparator | undefined>()
  const derived = new Set(index.facts.sources.filter((source) => source.derivedFrom !== undefined).map(({ id }) => id))
  const lifecycle =
    distribution === undefined ? undefined : lifecycleOf(distribution, index.cycles(), index.facts.builtAt)
  const ruling = answering(packages, { distribution, index, lifecycle })
  const findings: Finding[] = []
  const unknowns: Unknown[] = []
  const ecosystems: EcosystemCoverage[] = []
  const turns = new Turns()
  for (const [ecosystem, members] of Map.groupBy(packages, (pkg) => pkg.ecosystem)) {
    const namespace = namespaceOf(ecosystem, distribution)
    const isCovered = namespace !== undefined && index.namespaces.has(namespace)
    ecosystems.push({ ecosystem, packages: members.length, namespace: isCovered ? namespace : undefined })
    if (!isCovered) {
      const open = members.filter(({ ownedBy }) => ownedBy === undefined || !ruling.has(ownedBy))
      if (open.length === 0) continue
      const gap = describeGap({ ecosystem, members: open, distribution })
      findings.push(gap.finding)
      unknowns.push(gap.unknown)
      continue
    }
    for (const pkg of members) {
      const records = index.lookup(namespace, keyOf(pkg).name)
      if (records.some(({ scheme }) => !schemes.has(scheme))) await loadComparators(records, schemes)
      const suppressed = suppressionOf(pkg, ruling)
      judgePackage(pkg, records, { index, schemes, derived, suppressed, findings, unknowns })
      if (turns.isDue) await turns.give()
    }
  }
  if (distribution !== undefined && lifecycle?.isEndOfLife === true)
    findings.push(endOfLifeFinding(distribution, lifecycle))
  return { findings: findings.toSorted(byPackage), unknowns, ecosystems: ecosystems.toSorted(byEcosystem), lifecycle }
}

interface Judging {
  readonly index: AdvisoryIndex
  readonly schemes: ReadonlyMap<string, Comparator | undefined>
  /** Ids of sources that are not an upstream's own file. */
  readonly derived: ReadonlySet<string>
  readonly suppressed: Suppression | undefined
  readonly findings: Finding[]
  readonly unknowns: Unknown[]
}

/** Packages of the system whose advisories answer for what they brought: there is a feed, and it goes on. */
function answering(
  packages: readonly Package[],
  {
    distribution,
    index,
    lifecycle,
  }: {
    readonly distribution: Distribution | undefined
    readonly index: AdvisoryIndex
    readonly lifecycle: Lifecycle | undefined
  },
): ReadonlyMap<string, Package> {
  if (lifecycle?.isEndOfLife === true) return new Map()
  const judged = packages.filter(({ ecosystem }) => {
    const namespace = isOfDistribution(ecosystem) ? namespaceOf(ecosystem, distribution) : undefined
    return namespace !== undefined && index.namespaces.has(namespace)
  })
  return new Map(judged.map((pkg) => [pkg.purl, pkg]))
}

function suppressionOf({ ownedBy }: Package, ruling: ReadonlyMap<string, Package>): Suppression | undefined {
  const owner = ruling.get(ownedBy ?? '')
  if (owner === undefined) return undefined
  const { purl, name, version, ecosystem } = owner
  const reason = `part of the ${ecosystem} package ${name} ${version}, which the advisories of the distribution judge`
  return { by: 'ownership', reason, owner: purl }
}

function judgePackage(pkg: Package, records: readonly AdvisoryRecord[], judging: Judging): void {
  const { index, schemes, derived, suppressed, findings, unknowns } = judging
  const key = keyOf(pkg)
  const judgements: Judgement[] = []
  const unreadable = new Set<string>()
  for (const record of records) {
    const comparator = schemes.get(record.scheme)
    if (comparator === undefined || !comparator.isVersion(key.version)) unreadable.add(record.scheme)
    const judgement = comparator === undefined ? undefined : evaluate(record, { pkg, key }, comparator)
    if (judgement !== undefined) judgements.push(judgement)
  }
  for (const scheme of unreadable) {
    const reason = `${pkg.name}: ${JSON.stringify(key.version)} is not a version that the ${scheme} scheme can compare`
    unknowns.push({ path: pkg.locations[0] ?? pkg.purl, reason })
  }
  for (const group of groupByIdentity(judgements, derived))
    findings.push({ ...findingOf(pkg, group, index), suppressed })
}

/**
 * Records of different sources that name the same one CVE are one finding; records of one source never merge unless
 * they carry the same id. First-hand sources come first in each group.
 */
function groupByIdentity(judgements: readonly Judgement[], derived: ReadonlySet<string>): Judgement[][] {
  const ordered = judgements.toSorted(
    (a, b) =>
      Number(derived.has(a.record.source)) - Number(derived.has(b.record.source)) ||
      Number(b.verdict === 'affected-fixed') - Number(a.verdict === 'affected-fixed') ||
      compareText(a.record.id, b.record.id),
  )
  const groups: Judgement[][] = []
  const byCve = new Map<string, Judgement[][]>()
  const byRecord = new Map<string, Judgement[]>()
  for (const judgement of ordered) {
    const { id, source } = judgement.record
    const cve = soleCve(judgement.record) ?? id
    const group =
      byRecord.get(`${source} ${id}`) ??
      byCve.get(cve)?.find((members) => members.every(({ record }) => record.source !== source))
    if (group !== undefined) {
      group.push(judgement)
      byRecord.set(`${source} ${id}`, group)
      continue
    }
    const fresh = [judgement]
    groups.push(fresh)
    byRecord.set(`${source} ${id}`, fresh)
    byCve.set(cve, [...(byCve.get(cve) ?? []), fresh])
  }
  return groups
}

function soleCve({ id, aliases }: AdvisoryRecord): string | undefined {
  const cves = new Set([id, ...aliases].filter(isCve))
  return cves.size === 1 ? cves.values().next().value : undefined
}

function isCve(id: string): boolean {
  return id.startsWith('CVE-')
}

function findingOf(pkg: Package, group: readonly Judgement[], index: AdvisoryIndex): Finding {
  const [first] = group
  if (first === undefined) throw new RangeError('a group has at least one judgement')
  const names = new Set(group.flatMap(({ record }) => [record.id, ...record.aliases]))
  const id = group.map(({ record }) => record.id).find(isCve) ?? first.record.id
  const rated = group.find(({ record }) => record.severity !== 'unknown') ?? first
  const kev = [...names].map((name) => index.kev().get(name)).find((entry) => entry !== undefined)
  return {
    id,
    aliases: [...names].filter((name) => name !== id).toSorted(compareText),
    kind: 'vulnerability',
    verdict: first.verdict,
    severity: rated.record.severity,
    score: newestCvss(rated.record.cvss ?? [])?.score,
    package: pkg.purl,
    location: pkg.locations[0],
    installedVersion: pkg.version,
    fixedVersion: first.fixedVersion,
    fixState: first.fixState,
    source: first.record.source,
    published: first.record.published,
    kev,
    evidence: first.evidence,
  }
}

interface Gap {
  readonly ecosystem: Ecosystem
  readonly members: readonly Package[]
  readonly distribution: Distribution | undefined
}

function describeGap({ ecosystem, members, distribution }: Gap): { finding: Finding; unknown: Unknown } {
  const release = distribution === undefined ? 'a distribution that could not be told' : distribution.name
  const what = isOfDistribution(ecosystem) ? release : `the ${ecosystem} ecosystem`
  const path = members[0]?.locations[0] ?? '/'
  return {
    finding: {
      id: `no-advisories-${ecosystem}`,
      aliases: [],
      kind: 'no-advisories',
      verdict: 'unknown',
      severity: 'unknown',
      location: path,
      fixState: 'unknown',
      source: 'seawall',
    },
    unknown: {
      path,
      reason: `no advisory data covers ${what}, not judged: ${counted(members.length, `${ecosystem} package`)}`,
    },
  }
}

function endOfLifeFinding({ id, versionId }: Distribution, { endOfLife }: Lifecycle): Finding {
  return {
    id: `end-of-life-${id}-${versionId ?? 'rolling'}`,
    aliases: [],
    kind: 'end-of-life',
    verdict: 'unknown',
    severity: 'unknown',
    fixState: 'end-of-life',
    source: 'endoflife',
    published: endOfLife,
  }
}

/** Only those that the records speak of: each is a file. */
async function loadComparators(
  records: readonly AdvisoryRecord[],
  schemes: Map<string, Comparator | undefined>,
): Promise<void> {
  for (const id of new Set(records.map(({ scheme }) => scheme))) {
    const load = Object.hasOwn(versionSchemes, id) ? versionSchemes[id] : undefined
    if (!schemes.has(id)) schemes.set(id, load === undefined ? undefined : comparatorOf((await load()).default))
  }
}

function byPackage(a: Finding, b: Finding): number {
  return (
    compareText(a.package ?? '', b.package ?? '') ||
    compareText(a.location ?? '', b.location ?? '') ||
    compareText(a.id, b.id)
  )
}

function byEcosystem(a: EcosystemCoverage, b: EcosystemCoverage): number {
  return compareText(a.ecosystem, b.ecosystem)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
