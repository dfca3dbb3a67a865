import { keyOf } from '#advisories/namespace.ts'
import type { Finding } from '#model/finding.ts'
import type { Package } from '#model/package.ts'
import type { Upgrade } from '#model/report.ts'
import { type Severity, severityRank } from '#model/severity.ts'
import { versionSchemes } from '#versions/registry.generated.ts'
import { compareVersions, type VersionScheme } from '#versions/scheme.ts'

interface Fixable {
  readonly pkg: Package
  readonly finding: Finding
  readonly fixedVersion: string
  readonly scheme: string
}

/** What to upgrade, and to what, so that every finding that has a fix ends; most urgent first. */
export async function planUpgrades(packages: readonly Package[], findings: readonly Finding[]): Promise<Upgrade[]> {
  const byPurl = new Map(packages.map((pkg) => [pkg.purl, pkg]))
  const fixable = findings.flatMap((finding): Fixable[] => {
    const pkg = byPurl.get(finding.package ?? '')
    const { fixedVersion, evidence } = finding
    const isFixable = finding.verdict === 'affected-fixed' && pkg !== undefined && fixedVersion !== undefined
    return isFixable && evidence !== undefined ? [{ pkg, finding, fixedVersion, scheme: evidence.scheme }] : []
  })
  const groups = Map.groupBy(fixable, ({ pkg }) => `${pkg.ecosystem}\n${keyOf(pkg).name}\n${pkg.version}`)
  const upgrades = await Promise.all([...groups.values()].map(upgradeOf))
  return upgrades.toSorted(byUrgency)
}

async function upgradeOf(group: readonly Fixable[]): Promise<Upgrade> {
  const [first] = group
  if (first === undefined) throw new RangeError('a group has at least one finding')
  const scheme = (await versionSchemes[first.scheme]?.())?.default
  return {
    ecosystem: first.pkg.ecosystem,
    name: nameOf(group.map(({ pkg }) => pkg)),
    installedVersion: first.pkg.version,
    targetVersion: group.map(({ fixedVersion }) => fixedVersion).reduce((a, b) => newer(scheme, a, b)),
    packages: distinct(group.map(({ pkg }) => pkg.purl)),
    locations: distinct(group.map(({ finding }) => finding.location ?? '/')),
    fixes: distinct(group.toSorted((a, b) => bySeverity(a.finding, b.finding)).map(({ finding }) => finding.id)),
    severity: group.map(({ finding }) => finding.severity).reduce(worse),
    knownExploited: group.some(({ finding }) => finding.kev !== undefined),
  }
}

/** One binary package goes by its own name; several of one source go by `source (binary, binary)`. */
function nameOf(packages: readonly Package[]): string {
  const names = distinct(packages.map(({ name }) => name))
  const [first] = packages
  if (names.length === 1 || first === undefined) return names.join()
  return `${keyOf(first).name} (${names.join(', ')})`
}

function newer(scheme: VersionScheme<unknown> | undefined, a: string, b: string): string {
  return scheme !== undefined && (compareVersions(scheme, a, b) ?? 0) < 0 ? b : a
}

function worse(a: Severity, b: Severity): Severity {
  return severityRank(b) > severityRank(a) ? b : a
}

function bySeverity(a: Finding, b: Finding): number {
  return severityRank(b.severity) - severityRank(a.severity) || (a.id < b.id ? -1 : 1)
}

function byUrgency(a: Upgrade, b: Upgrade): number {
  return (
    Number(b.knownExploited) - Number(a.knownExploited) ||
    severityRank(b.severity) - severityRank(a.severity) ||
    b.fixes.length - a.fixes.length ||
    (`${a.ecosystem} ${a.name}` < `${b.ecosystem} ${b.name}` ? -1 : 1)
  )
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
