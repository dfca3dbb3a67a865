import { styleText } from 'node:util'
import { counted, formatBytes, printable } from '#kit/text.ts'
import type { Finding } from '#model/finding.ts'
import type { Coverage, ScanReport, Upgrade } from '#model/report.ts'
import { type Severity, severities, severityRank } from '#model/severity.ts'
import { type Cell, type Column, layOut } from './columns.ts'
import { defineReport, type RenderOptions } from './report.ts'

type Style = Parameters<typeof styleText>[0]

const severityStyles: Readonly<Record<Severity, Style>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  negligible: 'gray',
  unknown: 'gray',
}

const unknownsShown = 20
const staleDays = 7
const dayMs = 86_400_000

export default defineReport({
  id: 'table',
  title: 'Table for people, grouped by what to do',
  spec: 'docs/report-format.md',

  *render(report, options) {
    const pen = penFor(options)
    yield* header(report, pen)
    yield* upgradesSection(report, options, pen)
    yield* unfixedSection(report, options, pen)
    yield* investigationSection(report, options, pen)
    yield* ruledOutSection(report, options, pen)
    yield* suppressedSection(report, options, pen)
    yield* endOfLifeSection(report, pen)
    yield* unknownsSection(report, pen)
    yield* footer(report, options, pen)
  },
})

type Pen = (style: Style, text: string) => string

function penFor({ color }: RenderOptions): Pen {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text)
}

function* header({ subject, packages, coverage }: ScanReport, pen: Pen): Generator<string> {
  const platform = subject.platform === undefined ? [] : [`${subject.platform.os}/${subject.platform.architecture}`]
  const layers = coverage.layers.total === 0 ? [] : [counted(coverage.layers.total, 'layer')]
  const system = subject.os?.name ?? 'no known distribution'
  yield `${pen('bold', printable(subject.name))}  ${[subject.kind, ...platform, ...layers].join(' · ')}\n`
  const found = coverage.ecosystems.map(({ ecosystem, packages: count }) => `${count} ${ecosystem}`)
  const detail = found.length === 0 ? '' : ` (${found.join(', ')})`
  yield `${printable(system)} · ${counted(packages.length, 'package')}${detail}\n`
}

function* upgradesSection({ summary }: ScanReport, { columns }: RenderOptions, pen: Pen): Generator<string> {
  const { upgrades } = summary
  if (upgrades.length === 0) return
  yield `\n${pen('bold', 'Upgrade')} ${counted(upgrades.length, 'package')} to fix ${counted(summary.fixable, 'finding')}\n`
  const shape: Column[] = [
    { title: 'PACKAGE', shrinks: true },
    { title: 'INSTALLED', shrinks: true },
    { title: 'UPGRADE TO', shrinks: true },
    { title: 'FIXES', align: 'right' },
    { title: 'WORST' },
    { title: 'VULNERABILITIES', shrinks: true },
  ]
  yield* lines(
    layOut(
      shape,
      upgrades.map((upgrade) => upgradeRow(upgrade, pen)),
      columns,
    ),
    pen,
  )
}

function upgradeRow(upgrade: Upgrade, pen: Pen): Cell[] {
  const { name, installedVersion, targetVersion, fixes, severity, knownExploited } = upgrade
  const exploited = knownExploited ? ' exploited' : ''
  return [
    { text: name, paint: (text) => pen('bold', text) },
    { text: installedVersion },
    { text: targetVersion, paint: (text) => pen('green', text) },
    { text: String(fixes.length) },
    { text: `${severity}${exploited}`, paint: (text) => pen(severityStyles[severity], text) },
    { text: someOf(fixes) },
  ]
}

function* unfixedSection(report: ScanReport, options: RenderOptions, pen: Pen): Generator<string> {
  const findings = counting(report).filter(({ verdict }) => verdict === 'affected-unfixed')
  const heading = `${pen('bold', 'No fix yet')} for ${counted(findings.length, 'finding')}`
  yield* byPackageSection({ heading, findings, report }, options, pen)
}

function* investigationSection(report: ScanReport, options: RenderOptions, pen: Pen): Generator<string> {
  const findings = counting(report).filter(
    ({ verdict, kind }) => kind === 'vulnerability' && (verdict === 'under-investigation' || verdict === 'unknown'),
  )
  const heading = `${pen('bold', 'Undecided')}: ${counted(findings.length, 'finding')} that the vendor has not decided or that could not be compared`
  yield* byPackageSection({ heading, findings, report }, options, pen)
}

function* ruledOutSection(report: ScanReport, options: RenderOptions, pen: Pen): Generator<string> {
  const findings = counting(report).filter(({ verdict }) => verdict === 'not-affected')
  const heading = `${pen('bold', 'Not affected')}: ${counted(findings.length, 'vulnerability', 'vulnerabilities')} that the vendor rules out`
  yield* byPackageSection({ heading, findings, report }, options, pen)
}

function* suppressedSection(report: ScanReport, options: RenderOptions, pen: Pen): Generator<string> {
  const findings = report.findings.filter(({ suppressed }) => suppressed !== undefined)
  const heading = `${pen('bold', 'Suppressed')}: ${counted(findings.length, 'finding')} that something else answers for`
  yield* byPackageSection({ heading, findings, report }, options, pen)
}

function counting({ findings }: ScanReport): readonly Finding[] {
  return findings.filter(({ suppressed }) => suppressed === undefined)
}

interface Section {
  readonly heading: string
  readonly findings: readonly Finding[]
  readonly report: ScanReport
}

function* byPackageSection(
  { heading, findings, report }: Section,
  { columns }: RenderOptions,
  pen: Pen,
): Generator<string> {
  if (findings.length === 0) return
  yield `\n${heading}\n`
  const shape: Column[] = [
    { title: 'PACKAGE', shrinks: true },
    { title: 'INSTALLED', shrinks: true },
    { title: 'STATE', shrinks: findings.some(({ suppressed }) => suppressed !== undefined) },
    { title: 'WORST' },
    { title: 'VULNERABILITIES', shrinks: true },
  ]
  yield* lines(layOut(shape, rowsByPackage(report, findings, pen), columns), pen)
}

function rowsByPackage(report: ScanReport, findings: readonly Finding[], pen: Pen): Cell[][] {
  const names = new Map(report.packages.map(({ purl, name }) => [purl, name]))
  const groups = Map.groupBy(findings, (finding) => `${finding.package}\n${stateOf(finding)}`)
  return [...groups.values()]
    .map((members) => ({ members, worst: members.map(({ severity }) => severity).toSorted(byUrgency)[0] ?? 'unknown' }))
    .toSorted((a, b) => byUrgency(a.worst, b.worst))
    .map(({ members, worst }) => {
      const [first] = members
      return [
        { text: names.get(first?.package ?? '') ?? '', paint: (text: string) => pen('bold', text) },
        { text: first?.installedVersion ?? '' },
        { text: first === undefined ? '' : stateOf(first) },
        { text: worst, paint: (text: string) => pen(severityStyles[worst], text) },
        { text: someOf([...new Set(members.map(({ id }) => id))]) },
      ]
    })
}

function stateOf({ verdict, fixState, evidence, suppressed }: Finding): string {
  if (suppressed !== undefined) return suppressed.reason
  const state = verdict === 'affected-unfixed' ? fixState.replaceAll('-', ' ') : verdict.replaceAll('-', ' ')
  return evidence?.vendorStatus === undefined ? state : `${state} (${evidence.vendorStatus})`
}

function* endOfLifeSection({ subject, findings }: ScanReport, pen: Pen): Generator<string> {
  if (!findings.some(({ kind }) => kind === 'end-of-life')) return
  yield `\n${pen(['bold', 'red'], 'End of life')}\n`
  yield `  ${printable(subject.os?.name ?? 'The distribution')} has had no fixes since ${subject.os?.eol}: what is not listed here is unknown, not safe.\n`
}

function* unknownsSection({ unknowns }: ScanReport, pen: Pen): Generator<string> {
  if (unknowns.length === 0) return
  yield `\n${pen('bold', 'Unknown')}: ${counted(unknowns.length, 'thing')} that could not be read or judged\n`
  for (const { path, reason } of unknowns.slice(0, unknownsShown)) yield `  ${printable(path)}: ${printable(reason)}\n`
  const rest = unknowns.length - unknownsShown
  if (rest > 0) yield `  and ${rest} more; --format json lists all\n`
}

/** Counts what may affect the image: neither what was ruled out nor gaps in the data, which have sections of their own. */
function* footer(report: ScanReport, { now }: RenderOptions, pen: Pen): Generator<string> {
  const { database, coverage, summary } = report
  const open = counting(report).filter(({ kind, verdict }) => kind === 'vulnerability' && verdict !== 'not-affected')
  const bySeverity = Map.groupBy(open, ({ severity }) => severity)
  const counts = severities
    .toReversed()
    .filter((severity) => bySeverity.has(severity))
    .map((severity) => pen(severityStyles[severity], `${bySeverity.get(severity)?.length} ${severity}`))
  const known = open.filter(({ kev }) => kev !== undefined).length
  const exploited = known === 0 ? '' : ` · ${known} known to be exploited`
  const total = open.length === 0 ? nothingFound(report) : `${counted(open.length, 'finding')}: ${counts.join(', ')}`
  yield `\n${pen('bold', total)}${exploited}\n`
  const base = baseLine(report, open)
  if (base !== undefined) yield `${base}\n`
  if (summary.suppressed > 0) yield `${pen('gray', suppressedLine(report))}\n`
  const transfer = transferOf(coverage)
  if (transfer !== undefined) yield `${pen('gray', transfer)}\n`
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(database.builtAt)) / dayMs))
  const age = `Advisory data ${database.starter ? 'that ships with Seawall, ' : ''}of ${database.builtAt.slice(0, 10)}, ${counted(days, 'day')} old`
  const advice = days > staleDays || database.starter ? '; `seawall db update` gets current data' : ''
  yield `${pen(advice === '' ? 'gray' : 'yellow', `${age}${advice}.`)}\n`
}

/** Only where it is known of all of them. */
function baseLine({ subject }: ScanReport, findings: readonly Finding[]): string | undefined {
  if (findings.length === 0 || findings.some(({ origin }) => origin === undefined)) return undefined
  const count = findings.filter(({ origin }) => origin === 'base').length
  const name = subject.layers.find(({ baseImage }) => baseImage !== undefined)?.baseImage
  const named = name === undefined ? '' : ` (${printable(name)})`
  return `${count} of ${counted(findings.length, 'finding')} ${count === 1 ? 'comes' : 'come'} from the base image${named}.`
}

function suppressedLine({ summary, findings }: ScanReport): string {
  const count = counted(summary.suppressed, 'more finding is suppressed', 'more findings are suppressed')
  const where = findings.some(({ suppressed }) => suppressed !== undefined) ? 'above' : '--show-suppressed lists them'
  return `${count}: ${where}.`
}

function transferOf({ transferred, transferable, readings = [] }: Coverage): string | undefined {
  if (transferred === undefined || transferable === undefined) return undefined
  const byTable = readings.filter(({ by }) => by !== 'whole').length
  const how = byTable === 0 ? '' : `; ${counted(byTable, 'layer')} by table of contents`
  return `Read ${formatBytes(transferred)} of ${formatBytes(transferable)} from the registry${how}.`
}

/** Nothing found means nothing wrong only where everything could be judged. */
function nothingFound({ findings, unknowns }: ScanReport): string {
  const isComplete = unknowns.length === 0 && findings.every(({ kind }) => kind === 'vulnerability')
  return isComplete
    ? 'No known vulnerabilities'
    : 'No known vulnerabilities in what could be judged; the rest is unknown'
}

function* lines(texts: readonly string[], pen: Pen): Generator<string> {
  for (const [at, text] of texts.entries()) yield `${at === 0 ? pen('gray', text) : text}\n`
}

/** Three names, or two and how many more there are. */
function someOf(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 2).join(', ')}, +${ids.length - 2}`
}

function byUrgency(a: Severity, b: Severity): number {
  return severityRank(b) - severityRank(a)
}
