import { macroVectorScores } from './cvss4.data.ts'

type Metrics = ReadonlyMap<string, string>

/** Values of each metric from most to least severe; a value's position is its severity level. */
const levels = {
  AV: 'NALP',
  PR: 'NLH',
  UI: 'NPA',
  AC: 'LH',
  AT: 'NP',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  SC: 'SHLN',
  SI: 'SHLN',
  SA: 'SHLN',
  CR: 'HML',
  IR: 'HML',
  AR: 'HML',
  E: 'APU',
} as const satisfies Record<string, string>
type Metric = keyof typeof levels

const mandatory = ['AV', 'AC', 'AT', 'PR', 'UI', 'VC', 'VI', 'VA', 'SC', 'SI', 'SA'] as const

/** Metrics that may be left out, with the values they may have; supplemental ones do not score. */
const optional: Readonly<Record<string, readonly string[]>> = {
  E: ['X', 'A', 'P', 'U'],
  CR: ['X', 'H', 'M', 'L'],
  IR: ['X', 'H', 'M', 'L'],
  AR: ['X', 'H', 'M', 'L'],
  ...Object.fromEntries(mandatory.map((name) => [`M${name}`, ['X', ...valuesOf(name)]])),
  MSI: ['X', 'S', 'H', 'L', 'N'],
  MSA: ['X', 'S', 'H', 'L', 'N'],
  S: ['X', 'N', 'P'],
  AU: ['X', 'N', 'Y'],
  R: ['X', 'A', 'U', 'I'],
  V: ['X', 'D', 'C'],
  RE: ['X', 'L', 'M', 'H'],
  U: ['X', 'Clear', 'Green', 'Amber', 'Red'],
}

/** CVSS v4.0, section 8: the score of a vector with every metric it gives. */
export function scoreCvss4(metrics: Metrics): number | undefined {
  if (!isComplete(metrics)) return undefined
  const level = (name: Metric): number => levels[name].indexOf(effective(metrics, name))
  const isHarmless = (['VC', 'VI', 'VA', 'SC', 'SI', 'SA'] as const).every((name) => level(name) === last(name))
  if (isHarmless) return 0
  const classes = classify(level)
  const top = scoreOf(classes)
  if (top === undefined) return undefined
  const steps = lowerSteps(classes, top, level)
  const mean = steps.length === 0 ? 0 : steps.reduce((sum, step) => sum + step, 0) / steps.length
  return Math.round((Math.min(10, Math.max(0, top - mean)) + 1e-6) * 10) / 10
}

/** Equivalence class numbers EQ1 to EQ6. */
type Classes = readonly [eq1: number, eq2: number, eq3: number, eq4: number, eq5: number, eq6: number]
type Level = (name: Metric) => number

function isComplete(metrics: Metrics): boolean {
  if (!mandatory.every((name) => valuesOf(name).includes(metrics.get(name) ?? ''))) return false
  return metrics
    .entries()
    .every(([name, value]) => mandatory.some((known) => known === name) || (optional[name]?.includes(value) ?? false))
}

/** `S` (safety) exists only in the modified metrics. */
function valuesOf(name: Metric): readonly string[] {
  return levels[name].split('').filter((value) => value !== 'S')
}

/** The modified value where there is one; metrics not defined count as the worst case. */
function effective(metrics: Metrics, name: Metric): string {
  const given = [metrics.get(`M${name}`), metrics.get(name)].find((value) => value !== undefined && value !== 'X')
  return given ?? levels[name].charAt(0)
}

function last(name: Metric): number {
  return levels[name].length - 1
}

/** Section 8.2, tables 24 to 29. */
function classify(level: Level): Classes {
  const entry = [level('AV'), level('PR'), level('UI')]
  const [vc, vi, va] = [level('VC'), level('VI'), level('VA')]
  const subsequent = Math.min(level('SC'), level('SI'), level('SA'))
  const isVital = (vc === 0 && level('CR') === 0) || (vi === 0 && level('IR') === 0) || (va === 0 && level('AR') === 0)
  return [
    entryClass(entry, level('AV') === last('AV')),
    level('AC') === 0 && level('AT') === 0 ? 0 : 1,
    vulnerableClass(vc, vi, va),
    Math.min(subsequent, 2),
    level('E'),
    isVital ? 0 : 1,
  ]
}

function entryClass(entry: readonly number[], isPhysical: boolean): number {
  if (entry.every((value) => value === 0)) return 0
  return !isPhysical && entry.includes(0) ? 1 : 2
}

function vulnerableClass(vc: number, vi: number, va: number): number {
  if (vc === 0 && vi === 0) return 0
  return vc === 0 || vi === 0 || va === 0 ? 1 : 2
}

function scoreOf(classes: Classes): number | undefined {
  return macroVectorScores[classes.join('')]
}

/** The most severe vectors of a class, as severity levels of its metrics in their order; and how deep the class is. */
interface Group {
  readonly tops: readonly string[]
  readonly depth: number
}

const entryGroups: readonly Group[] = [
  { tops: ['000'], depth: 1 },
  { tops: ['100', '010', '001'], depth: 4 },
  { tops: ['300', '111'], depth: 5 },
]
const complexityGroups: readonly Group[] = [
  { tops: ['00'], depth: 1 },
  { tops: ['10', '01'], depth: 2 },
]
/** By EQ3 and EQ6: VC VI VA CR IR AR. */
const vulnerableGroups: Readonly<Record<string, Group>> = {
  '00': { tops: ['000000'], depth: 7 },
  '01': { tops: ['001110', '000111'], depth: 6 },
  '10': { tops: ['100000', '010000'], depth: 8 },
  '11': { tops: ['101010', '100011', '010101', '011100', '110001'], depth: 8 },
  '21': { tops: ['111000'], depth: 10 },
}
const subsequentGroups: readonly Group[] = [
  { tops: ['100'], depth: 6 },
  { tops: ['111'], depth: 5 },
  { tops: ['222'], depth: 4 },
]

/** For each class that has a lower neighbour: how much of the way down to it the vector is. */
function lowerSteps(classes: Classes, top: number, level: Level): readonly number[] {
  const [eq1, eq2, eq3, eq4, eq5, eq6] = classes
  const candidates: readonly (readonly [number | undefined, number])[] = [
    [scoreOf([eq1 + 1, eq2, eq3, eq4, eq5, eq6]), depthIn(entryGroups[eq1], ['AV', 'PR', 'UI'], level)],
    [scoreOf([eq1, eq2 + 1, eq3, eq4, eq5, eq6]), depthIn(complexityGroups[eq2], ['AC', 'AT'], level)],
    [lowerVulnerable(classes), depthIn(vulnerableGroups[`${eq3}${eq6}`], ['VC', 'VI', 'VA', 'CR', 'IR', 'AR'], level)],
    [scoreOf([eq1, eq2, eq3, eq4 + 1, eq5, eq6]), depthIn(subsequentGroups[eq4], ['SC', 'SI', 'SA'], level)],
    [scoreOf([eq1, eq2, eq3, eq4, eq5 + 1, eq6]), 0],
  ]
  return candidates.flatMap(([lower, share]) => (lower === undefined ? [] : [(top - lower) * share]))
}

/** EQ3 and EQ6 are not independent: where both can go down, the less severe step counts. */
function lowerVulnerable([eq1, eq2, eq3, eq4, eq5, eq6]: Classes): number | undefined {
  const byImpact = scoreOf([eq1, eq2, eq3 + 1, eq4, eq5, eq6])
  const byRequirement = scoreOf([eq1, eq2, eq3, eq4, eq5, eq6 + 1])
  if (eq6 === 1) return byImpact
  if (eq3 === 1) return byRequirement
  return Math.max(byImpact ?? 0, byRequirement ?? 0)
}

/** Distance from the most severe vector of the class, as a share of its depth. */
function depthIn(group: Group | undefined, metrics: readonly Metric[], level: Level): number {
  if (group === undefined) return 0
  const actual = metrics.map(level)
  for (const top of group.tops) {
    const distances = actual.map((value, index) => value - Number(top.charAt(index)))
    if (distances.every((distance) => distance >= 0)) {
      return distances.reduce((sum, distance) => sum + distance, 0) / group.depth
    }
  }
  return 0
}
