import { newestCvss, scoreCvss } from '#model/cvss.ts'
import type { Severity } from '#model/severity.ts'
import type { OsvAffected, OsvRecord } from './osv-schema.ts'

export interface Rating {
  readonly severity: Severity
  readonly cvss?: readonly string[]
}

/** CVSS vectors first, then the feed's own word. What is said of the package goes before what is said of the whole. */
export function rate(record: OsvRecord, affected: OsvAffected): Rating {
  const given = [affected.severity, record.severity].find(
    (list) => list !== undefined && list !== null && list.length > 0,
  )
  const scores = (given ?? []).map(({ score }) => score)
  const cvss = scores.filter((score) => scoreCvss(score) !== undefined)
  const words = [...scores, affected.database_specific?.severity, record.database_specific?.severity]
  return {
    severity: fixedSeverity(record, affected) ?? newestCvss(cvss)?.severity ?? severityOfWords(words),
    ...(cvss.length === 0 ? {} : { cvss }),
  }
}

/** Malicious packages are as bad as it gets; an unmaintained package is a remark, not a fault. */
function fixedSeverity({ id }: OsvRecord, { database_specific: specific }: OsvAffected): Severity | undefined {
  if (id.startsWith('MAL-')) return 'critical'
  const remark = specific?.informational
  return remark === 'unmaintained' || remark === 'notice' ? 'negligible' : undefined
}

const words: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  important: 'high',
  medium: 'medium',
  moderate: 'medium',
  low: 'low',
  negligible: 'negligible',
  none: 'unknown',
}

/** The first word that is one of the usual ones. */
export function severityOfWords(candidates: readonly (string | null | undefined)[]): Severity {
  return candidates.flatMap((word) => words[word?.toLowerCase() ?? ''] ?? [])[0] ?? 'unknown'
}
