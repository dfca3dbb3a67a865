/** From least to most urgent. `unknown` means that no source has said. */
export const severities = ['unknown', 'negligible', 'low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof severities)[number]

/** The position of a severity: larger is more urgent. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity)
}
