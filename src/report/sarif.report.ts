import { jsonText } from '#kit/json.ts'
import { advisoryUrl } from '#model/advisory-url.ts'
import type { Finding } from '#model/finding.ts'
import type { ScanReport } from '#model/report.ts'
import type { Severity } from '#model/severity.ts'
import { defineReport } from './report.ts'

/** SARIF 2.1.0 §3.58.6 `level`. */
const levels = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  negligible: 'note',
  unknown: 'warning',
} as const satisfies Record<Severity, string>

/** What code hosts read as `security-severity` where no CVSS score is known. */
const nominalScores: Readonly<Record<Severity, string | undefined>> = {
  critical: '9.0',
  high: '7.0',
  medium: '4.0',
  low: '1.0',
  negligible: '0.1',
  unknown: undefined,
}

export default defineReport({
  id: 'sarif',
  title: 'SARIF 2.1.0, for code hosts and editors',
  spec: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html',

  *render(report) {
    const log = {
      $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [runOf(report)],
    }
    yield jsonText(log)
  },
})

function runOf(report: ScanReport): object {
  const rules = [...new Map(report.findings.map((finding) => [finding.id, finding])).values()]
  const ruleIndex = new Map(rules.map(({ id }, index) => [id, index]))
  return {
    tool: {
      driver: {
        name: 'Seawall',
        version: report.tool.version,
        semanticVersion: report.tool.version,
        rules: rules.map(ruleOf),
      },
    },
    automationDetails: { id: `seawall/scan/${report.subject.name}` },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: report.unknowns.map(({ path, reason }) => ({
          level: 'warning',
          descriptor: { id: 'unknown' },
          message: { text: `${path}: ${reason}` },
          locations: [{ physicalLocation: { artifactLocation: artifact(path) } }],
        })),
      },
    ],
    results: report.findings.map((finding) => resultOf(finding, ruleIndex.get(finding.id) ?? 0)),
    properties: {
      subject: report.subject.name,
      subjectDigest: report.subject.digest,
      database: report.database.digest,
    },
  }
}

function ruleOf({ id, kind, severity, score, aliases }: Finding): object {
  return {
    id,
    shortDescription: { text: kind === 'vulnerability' ? `Vulnerability ${id}` : titles[kind] },
    helpUri: advisoryUrl(id),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: ['security', kind],
      'security-severity': score?.toFixed(1) ?? nominalScores[severity],
      aliases,
    },
  }
}

const titles = {
  'end-of-life': 'The distribution release no longer gets fixes',
  'no-advisories': 'No advisory data covers these packages',
} as const

function resultOf(finding: Finding, ruleIndex: number): object {
  const { id, package: purl, location, evidence } = finding
  return {
    ruleId: id,
    ruleIndex,
    ...weightOf(finding),
    message: { text: sentence(finding) },
    locations: [
      {
        physicalLocation: { artifactLocation: artifact(location ?? '/') },
        ...(purl === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: purl, kind: 'package' }] }),
      },
    ],
    ...suppressionsOf(finding),
    partialFingerprints: { 'finding/v1': [id, purl ?? '', location ?? ''].join('|') },
    properties: {
      verdict: finding.verdict,
      severity: finding.severity,
      installedVersion: finding.installedVersion,
      fixedVersion: finding.fixedVersion,
      fixState: finding.fixState,
      source: finding.source,
      knownExploited: finding.kev !== undefined,
      layer: finding.layer,
      origin: finding.origin,
      evidence,
    },
  }
}

/** SARIF 2.1.0 §3.27.9, §3.27.10: what is no failure has no level. */
function weightOf({ verdict, severity }: Finding): object {
  return verdict === 'not-affected' ? { kind: 'pass', level: 'none' } : { level: levels[severity] }
}

/** SARIF 2.1.0 §3.27.23, §3.35: what is suppressed says by whom and why. */
function suppressionsOf({ suppressed }: Finding): object {
  if (suppressed === undefined) return {}
  return { suppressions: [{ kind: 'external', status: 'accepted', justification: suppressed.reason }] }
}

function sentence({ id, kind, verdict, package: purl, fixedVersion, fixState, location, published }: Finding): string {
  if (kind === 'end-of-life') return `The distribution release reached its end of life on ${published}.`
  if (kind === 'no-advisories') return `No advisory data covers the packages of ${location}; they were not judged.`
  if (verdict === 'not-affected') return `${purl} is not affected by ${id}.`
  const remedy = fixedVersion === undefined ? `there is no fixed version (${fixState})` : `fixed in ${fixedVersion}`
  return `${purl} is affected by ${id}; ${remedy}.`
}

/** SARIF 2.1.0 §3.4.3: a relative URI reference, so every segment is percent-encoded. */
function artifact(path: string): { uri: string } {
  const segments = path.split('/').filter((segment) => segment !== '')
  return { uri: segments.length === 0 ? '.' : segments.map(encodeURIComponent).join('/') }
}
