import type { Finding } from '#model/finding.ts'
import type { ScanReport } from '#model/report.ts'
import { type Severity, severityRank } from '#model/severity.ts'
import { summarize } from './summary.ts'

export interface View {
  /** Only these severities; all when absent. */
  readonly severities?: ReadonlySet<Severity> | undefined
  /** Leaves out vulnerabilities that have no fixed version. */
  readonly ignoreUnfixed?: boolean
  /** Keeps what is known not to affect the subject, and what something else answers for. */
  readonly showSuppressed?: boolean
}

/** The part of a report that somebody asked to see; its summary speaks of that part. */
export async function viewOf(report: ScanReport, view: View): Promise<ScanReport> {
  const findings = report.findings.filter((finding) => isShown(finding, view))
  if (findings.length === report.findings.length) return report
  const summary = await summarize(report.packages, findings, report.unknowns)
  return { ...report, findings, summary: { ...summary, suppressed: report.summary.suppressed } }
}

/** Findings that affect the subject and are at least this severe. */
export function findingsAtLeast(report: ScanReport, least: Severity): readonly Finding[] {
  return report.findings.filter(
    ({ verdict, severity, suppressed }) =>
      suppressed === undefined &&
      (verdict === 'affected-fixed' || verdict === 'affected-unfixed') &&
      severityRank(severity) >= severityRank(least),
  )
}

/** Coverage gaps have no severity to filter by: they are shown in every view. */
function isShown(
  { kind, verdict, severity, suppressed }: Finding,
  { severities, ignoreUnfixed, showSuppressed }: View,
): boolean {
  if (kind !== 'vulnerability') return true
  if ((verdict === 'not-affected' || suppressed !== undefined) && showSuppressed !== true) return false
  if (verdict === 'affected-unfixed' && ignoreUnfixed === true) return false
  return severities === undefined || severities.has(severity)
}
