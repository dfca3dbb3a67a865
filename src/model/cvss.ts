import { scoreCvss4 } from './cvss4.ts'
import type { Severity } from './severity.ts'

export interface Cvss {
  readonly vector: string
  readonly version: '2.0' | '3.0' | '3.1' | '4.0'
  /** 0.0 to 10.0: the base score; for version 4 the score of all metrics given. */
  readonly score: number
  readonly severity: Severity
}

/** Reads and scores a vector of any CVSS version; `undefined` when it is not a complete one. */
export function scoreCvss(text: string): Cvss | undefined {
  if (text.length > 400) return undefined
  const [, prefix, rest = ''] = /^(?:CVSS:(\d\.\d)\/)?(.*)$/.exec(text.replace(/^\((.*)\)$/, '$1')) ?? []
  const metrics = readMetrics(rest)
  if (metrics === undefined) return undefined
  const version = prefix ?? '2.0'
  if (version === '2.0') return rated(text, version, score2(metrics))
  if (version === '3.0' || version === '3.1') return rated(text, version, score3(metrics))
  if (version === '4.0') return rated(text, version, scoreCvss4(metrics))
  return undefined
}

/** Of several vectors for one vulnerability: the highest score of the newest CVSS version. */
export function newestCvss(vectors: readonly string[]): Cvss | undefined {
  const scored = vectors.flatMap((vector) => scoreCvss(vector) ?? [])
  return scored.toSorted((a, b) => compareText(b.version, a.version) || b.score - a.score)[0]
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function rated(vector: string, version: Cvss['version'], score: number | undefined): Cvss | undefined {
  return score === undefined ? undefined : { vector, version, score, severity: rating(version, score) }
}

/** Version 2 knows no `critical`. */
function rating(version: Cvss['version'], score: number): Severity {
  if (score === 0) return 'negligible'
  if (score < 4) return 'low'
  if (score < 7) return 'medium'
  return score < 9 || version === '2.0' ? 'high' : 'critical'
}

type Metrics = ReadonlyMap<string, string>

function readMetrics(text: string): Metrics | undefined {
  const metrics = new Map<string, string>()
  for (const part of text.split('/')) {
    const [, name, value] = /^([A-Za-z]{1,4}):([A-Za-z]{1,5})$/.exec(part) ?? []
    if (name === undefined || value === undefined || metrics.has(name)) return undefined
    metrics.set(name, value)
  }
  return metrics
}

type Weights = Readonly<Record<string, Readonly<Record<string, number>>>>

const impact2 = { N: 0, P: 0.275, C: 0.66 }
const base2 = {
  AV: { L: 0.395, A: 0.646, N: 1 },
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: impact2,
  I: impact2,
  A: impact2,
} satisfies Weights
const requirement2 = { ND: 1, L: 0.5, M: 1, H: 1.51 }
const other2 = {
  E: { ND: 1, U: 0.85, POC: 0.9, F: 0.95, H: 1 },
  RL: { ND: 1, OF: 0.87, TF: 0.9, W: 0.95, U: 1 },
  RC: { ND: 1, UC: 0.9, UR: 0.95, C: 1 },
  CDP: { ND: 0, N: 0, L: 0.1, LM: 0.3, MH: 0.4, H: 0.5 },
  TD: { ND: 1, N: 0, L: 0.25, M: 0.75, H: 1 },
  CR: requirement2,
  IR: requirement2,
  AR: requirement2,
} satisfies Weights

/** CVSS v2.0, section 3.2.1. */
function score2(metrics: Metrics): number | undefined {
  const weight = weigh(metrics, base2, other2)
  if (weight === undefined) return undefined
  const impact = 10.41 * (1 - (1 - weight('C')) * (1 - weight('I')) * (1 - weight('A')))
  const exploitability = 20 * weight('AC') * weight('Au') * weight('AV')
  const factor = impact === 0 ? 0 : 1.176
  return Math.max(0, roundHalfUp((0.6 * impact + 0.4 * exploitability - 1.5) * factor))
}

const impact3 = { N: 0, L: 0.22, H: 0.56 }
const base3 = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  PR: { N: 0.85, L: 0.62, H: 0.27 },
  UI: { N: 0.85, R: 0.62 },
  S: { U: 0, C: 1 },
  C: impact3,
  I: impact3,
  A: impact3,
} satisfies Weights
const undefinedOr = (weights: Readonly<Record<string, number>>) => ({ ...weights, X: 1 })
const requirement3 = undefinedOr({ L: 0.5, M: 1, H: 1.5 })
const other3 = {
  E: undefinedOr({ U: 0.91, P: 0.94, F: 0.97, H: 1 }),
  RL: undefinedOr({ O: 0.95, T: 0.96, W: 0.97, U: 1 }),
  RC: undefinedOr({ U: 0.92, R: 0.96, C: 1 }),
  CR: requirement3,
  IR: requirement3,
  AR: requirement3,
  ...Object.fromEntries(Object.entries(base3).map(([name, weights]) => [`M${name}`, undefinedOr(weights)])),
} satisfies Weights

/** CVSS v3.1, section 7.1; the base score of v3.0 is the same. */
function score3(metrics: Metrics): number | undefined {
  const weight = weigh(metrics, base3, other3)
  if (weight === undefined) return undefined
  const changed = metrics.get('S') === 'C'
  const lost = 1 - (1 - weight('C')) * (1 - weight('I')) * (1 - weight('A'))
  const impact = changed ? 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 : 6.42 * lost
  if (impact <= 0) return 0
  const exploitability = 8.22 * weight('AV') * weight('AC') * privileges(metrics, weight, changed) * weight('UI')
  return roundUp(Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10))
}

/** A changed scope makes needed privileges weigh less. */
function privileges(metrics: Metrics, weight: (name: string) => number, changed: boolean): number {
  const needed = metrics.get('PR')
  if (!changed || needed === 'N') return weight('PR')
  return needed === 'L' ? 0.68 : 0.5
}

/** Gives the weight of each base metric, when all are there and every metric and value is known. */
function weigh(metrics: Metrics, base: Weights, other: Weights): ((name: string) => number) | undefined {
  for (const [name, value] of metrics) {
    const known = base[name] ?? other[name]
    if (known === undefined || !Object.hasOwn(known, value)) return undefined
  }
  if (!Object.keys(base).every((name) => metrics.has(name))) return undefined
  return (name) => base[name]?.[metrics.get(name) ?? ''] ?? 0
}

function roundHalfUp(value: number): number {
  return Math.round(value * 10) / 10
}

/** CVSS v3.1, appendix A: the smallest tenth that is not less, free of floating point noise. */
function roundUp(value: number): number {
  const scaled = Math.round(value * 100_000)
  return scaled % 10_000 === 0 ? scaled / 100_000 : (Math.floor(scaled / 10_000) + 1) / 10
}
