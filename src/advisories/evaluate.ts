import type { Evidence, EvidenceCheck, FixState, Range, Verdict } from '#model/finding.ts'
import type { Package } from '#model/package.ts'
import type { VersionScheme } from '#versions/scheme.ts'
import type { Key } from './namespace.ts'
import type { AdvisoryRecord } from './record.ts'

/** What one record says of one package. */
export interface Judgement {
  readonly record: AdvisoryRecord
  readonly verdict: Verdict
  readonly fixedVersion: string | undefined
  readonly fixState: FixState
  readonly evidence: Evidence
}

/** A version scheme that remembers what it parsed: one advisory bound is compared with many packages. */
export interface Comparator {
  readonly id: string
  /** Negative, zero or positive; `undefined` when either text is not a version. */
  readonly compare: (left: string, right: string) => number | undefined
  readonly isVersion: (text: string) => boolean
}

export function comparatorOf(scheme: VersionScheme<unknown>): Comparator {
  const parsed = new Map<string, unknown>()
  function parse(text: string): unknown {
    if (!parsed.has(text)) parsed.set(text, scheme.parse(text))
    return parsed.get(text)
  }
  return {
    id: scheme.id,
    isVersion: (text) => parse(text) !== undefined,
    compare(left, right) {
      const [a, b] = [parse(left), parse(right)]
      return a === undefined || b === undefined ? undefined : scheme.compare(a, b)
    },
  }
}

/** Judges one record; `undefined` when it does not speak of this package or version at all. */
export function evaluate(
  record: AdvisoryRecord,
  { pkg, key }: { readonly pkg: Package; readonly key: Key },
  comparator: Comparator,
): Judgement | undefined {
  if (record.keyKind !== key.keyKind) return undefined
  const scope = scopeChecks(record, pkg)
  if (scope.some(({ passed }) => !passed)) return undefined
  const hit = affectedBy(record, key.version, comparator)
  if (hit === undefined) return undefined
  const evidence: Evidence = {
    namespace: record.namespace,
    keyKind: record.keyKind,
    key: key.name,
    scheme: record.scheme,
    comparedVersion: key.version,
    ranges: record.ranges,
    record: record.id,
    vendorStatus: record.vendorStatus,
    checks: [...scope, hit.check],
  }
  return { record, evidence, ...outcome(record, hit) }
}

interface Hit {
  readonly check: EvidenceCheck
  /** The range that the version is in; absent when it was listed by name or every version is affected. */
  readonly range?: Range | undefined
  readonly isUndecided?: boolean
}

function scopeChecks(record: AdvisoryRecord, pkg: Package): EvidenceCheck[] {
  const checks: EvidenceCheck[] = []
  if (record.module !== undefined || pkg.module !== undefined) {
    const passed = record.module === pkg.module
    checks.push({
      name: 'module',
      passed,
      detail: `package ${pkg.module ?? 'none'}, advisory ${record.module ?? 'none'}`,
    })
  }
  const { architecture } = pkg
  if (record.architectures !== undefined && architecture !== undefined) {
    const passed = architecture === 'noarch' || architecture === 'all' || record.architectures.includes(architecture)
    checks.push({ name: 'architecture', passed, detail: `${architecture} in ${record.architectures.join(', ')}` })
  }
  return checks
}

function affectedBy(record: AdvisoryRecord, version: string, comparator: Comparator): Hit | undefined {
  const { ranges, versions = [] } = record
  if (ranges.length === 0 && versions.length === 0) {
    return { check: { name: 'range', passed: true, detail: 'every version' } }
  }
  if (versions.includes(version)) return { check: { name: 'versions', passed: true, detail: `${version} is listed` } }
  let undecided: Hit | undefined
  for (const range of ranges) {
    const inside = isInside(version, range, comparator)
    const detail = describeRange(version, range, comparator.id)
    if (inside === true) return { check: { name: 'range', passed: true, detail }, range }
    if (inside === undefined) undecided = { check: { name: 'range', passed: false, detail }, range, isUndecided: true }
  }
  return undecided
}

/** Whether `introduced` ≤ version < `fixed` (or ≤ `lastAffected`); `undefined` when a needed bound is no version. */
function isInside(version: string, range: Range, { compare }: Comparator): boolean | undefined {
  const { introduced, fixed, lastAffected } = range
  const lower = introduced === undefined || introduced === '0' ? 1 : compare(version, introduced)
  if (lower !== undefined && lower < 0) return false
  const upper = fixed !== undefined ? compare(version, fixed) : -1
  if (upper !== undefined && upper >= 0) return false
  const last = lastAffected !== undefined && fixed === undefined ? compare(version, lastAffected) : -1
  if (last !== undefined && last > 0) return false
  return lower === undefined || upper === undefined || last === undefined ? undefined : true
}

function describeRange(version: string, { introduced, fixed, lastAffected }: Range, scheme: string): string {
  const lower = introduced === undefined || introduced === '0' ? '' : `${introduced} ≤ `
  const upper = fixed !== undefined ? ` < ${fixed}` : lastAffected !== undefined ? ` ≤ ${lastAffected}` : ', no end'
  return `${lower}${version}${upper} (${scheme})`
}

function outcome(record: AdvisoryRecord, hit: Hit): Pick<Judgement, 'verdict' | 'fixedVersion' | 'fixState'> {
  const fixedVersion = hit.range?.fixed
  if (hit.isUndecided === true) return { verdict: 'unknown', fixedVersion, fixState: 'unknown' }
  if (record.state !== 'affected') return { verdict: record.state, fixedVersion: undefined, fixState: record.fixState }
  if (fixedVersion !== undefined) return { verdict: 'affected-fixed', fixedVersion, fixState: 'fixed' }
  const fixState = record.fixState === 'fixed' ? 'unknown' : record.fixState
  return { verdict: 'affected-unfixed', fixedVersion, fixState }
}
