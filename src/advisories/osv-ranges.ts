import type { Range } from '#model/finding.ts'
import type { OsvEvent, OsvRange } from './osv-schema.ts'
import type { VersionOrder } from './version-order.ts'

/** A kind and a version: `fixed 1.2.3`. */
interface Step {
  readonly kind: 'introduced' | 'fixed' | 'lastAffected' | 'limit'
  readonly version: string
}

/** The spans that a range's events mean; `undefined` when one of its versions cannot be ordered. */
export function spansOf({ events }: OsvRange, order: VersionOrder | undefined): readonly Range[] | undefined {
  const steps = events.flatMap(stepsOf)
  const isOrdered = steps.every(({ version }) => isOpen(version) || (order?.isVersion(version) ?? true))
  if (!isOrdered) return undefined
  return walk(withinLimit(order === undefined ? steps : steps.toSorted((a, b) => compareSteps(a, b, order))))
}

/** The highest limit ends everything; a version that reaches it is as good as fixed. */
function withinLimit(steps: readonly Step[]): readonly Step[] {
  const last = steps.findLastIndex(({ kind }) => kind === 'limit')
  return last < 0 ? steps : steps.filter(({ kind }, index) => index <= last && (kind !== 'limit' || index === last))
}

/** A limit of `*` limits nothing. */
function stepsOf({ introduced, fixed, last_affected: lastAffected, limit }: OsvEvent): Step[] {
  const steps: Step[] = []
  if (introduced !== undefined) steps.push({ kind: 'introduced', version: introduced })
  if (fixed !== undefined) steps.push({ kind: 'fixed', version: fixed })
  if (lastAffected !== undefined) steps.push({ kind: 'lastAffected', version: lastAffected })
  if (limit !== undefined && limit !== '*') steps.push({ kind: 'limit', version: limit })
  return steps
}

/** `0` stands before every version; steps at one version keep the order in which they were written. */
function compareSteps(a: Step, b: Step, order: VersionOrder): number {
  if (isOpen(a.version) || isOpen(b.version)) return Number(isOpen(b.version)) - Number(isOpen(a.version))
  return order.compare(a.version, b.version)
}

/** `0.0.0-0` is how the lowest version is written where versions must be semantic. */
function isOpen(version: string): boolean {
  return version === '0' || version === '0.0.0-0'
}

/** Goes up the versions, as the schema's evaluation does: every end closes the span that is open. */
function walk(steps: readonly Step[]): readonly Range[] {
  const spans: Range[] = []
  const neverIntroduced = !steps.some(({ kind }) => kind === 'introduced')
  let open: Range | undefined = neverIntroduced && steps.length > 0 ? {} : undefined
  for (const { kind, version } of steps) {
    if (kind === 'introduced') {
      open ??= isOpen(version) ? {} : { introduced: version }
    } else if (open !== undefined) {
      const isEmpty = kind !== 'lastAffected' && (open.introduced === version || isOpen(version))
      if (!isEmpty) spans.push({ ...open, [kind === 'lastAffected' ? 'lastAffected' : 'fixed']: version })
      open = undefined
    }
  }
  if (open !== undefined) spans.push(open)
  return spans
}
