import { recordOf } from '#kit/record.ts'
import { type Finding, verdicts } from '#model/finding.ts'
import type { Package, Unknown } from '#model/package.ts'
import type { Summary } from '#model/report.ts'
import { severities } from '#model/severity.ts'
import { planUpgrades } from './upgrades.ts'

/** Counts and the plan of what to do, over exactly these findings but those that something else answers for. */
export async function summarize(
  packages: readonly Package[],
  all: readonly Finding[],
  unknowns: readonly Unknown[],
): Promise<Summary> {
  const findings = all.filter(({ suppressed }) => suppressed === undefined)
  return {
    packages: packages.length,
    findings: findings.length,
    fixable: findings.filter(({ verdict }) => verdict === 'affected-fixed').length,
    knownExploited: findings.filter(({ kev }) => kev !== undefined).length,
    suppressed: all.length - findings.length,
    unknowns: unknowns.length,
    bySeverity: recordOf(severities, (severity) => findings.filter((finding) => finding.severity === severity).length),
    byVerdict: recordOf(verdicts, (verdict) => findings.filter((finding) => finding.verdict === verdict).length),
    upgrades: await planUpgrades(packages, findings),
  }
}
