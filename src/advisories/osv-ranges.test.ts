import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Range } from '#model/finding.ts'
import { spansOf } from './osv-ranges.ts'
import type { OsvEvent } from './osv-schema.ts'
import type { VersionOrder } from './version-order.ts'

const whole: VersionOrder = {
  isVersion: (text) => /^\d+$/.test(text),
  compare: (left, right) => Number(left) - Number(right),
}

function spans(...events: OsvEvent[]): readonly Range[] | undefined {
  return spansOf({ type: 'SEMVER', events }, whole)
}

describe('spans of an OSV range', () => {
  it.each<[string, OsvEvent[], Range[]]>([
    ['from the start', [{ introduced: '0' }, { fixed: '5' }], [{ fixed: '5' }]],
    ['without an end', [{ introduced: '3' }], [{ introduced: '3' }]],
    ['of every version', [{ introduced: '0' }], [{}]],
    ['up to and with', [{ introduced: '3' }, { last_affected: '5' }], [{ introduced: '3', lastAffected: '5' }]],
    [
      'several in disorder',
      [{ fixed: '9' }, { introduced: '7' }, { fixed: '5' }, { introduced: '0' }],
      [{ fixed: '5' }, { introduced: '7', fixed: '9' }],
    ],
    [
      'introduced again before a fix',
      [{ introduced: '1' }, { introduced: '2' }, { fixed: '5' }],
      [{ introduced: '1', fixed: '5' }],
    ],
    ['fixed where it starts', [{ introduced: '4' }, { fixed: '4' }], []],
    ['of one version', [{ introduced: '4' }, { last_affected: '4' }], [{ introduced: '4', lastAffected: '4' }]],
    ['only an end', [{ fixed: '4' }], [{ fixed: '4' }]],
    ['with a limit', [{ introduced: '2' }, { limit: '6' }], [{ introduced: '2', fixed: '6' }]],
    ['with two limits', [{ introduced: '2' }, { limit: '6' }, { limit: '4' }], [{ introduced: '2', fixed: '6' }]],
    ['with no real limit', [{ introduced: '2' }, { limit: '*' }], [{ introduced: '2' }]],
    ['without events', [], []],
  ])('%s', (_name, events, expected) => {
    expect(spans(...events)).toEqual(expected)
  })

  it('are unknown where a version cannot be ordered', () => {
    expect(spans({ introduced: '0' }, { fixed: 'next' })).toBeUndefined()
  })

  it('keep the written order where no order is known', () => {
    expect(spansOf({ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: 'b' }] }, undefined)).toEqual([
      { fixed: 'b' },
    ])
  })

  it('hold the same versions as the evaluation that the schema describes', () => {
    const kinds = fc.constantFrom('introduced' as const, 'fixed' as const, 'last_affected' as const)
    const versions = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 })
    const events = versions.chain((list) =>
      fc.tuple(...list.map((version) => kinds.map((kind): OsvEvent => ({ [kind]: String(version) })))),
    )
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 13 }), (list, version) => {
        const all = [{ introduced: '0' }, ...list]
        expect(isIn(spans(...all) ?? [], version)).toBe(evaluate(all, version))
      }),
    )
  })
})

function isIn(ranges: readonly Range[], version: number): boolean {
  return ranges.some(
    ({ introduced, fixed, lastAffected }) =>
      version >= Number(introduced ?? 0) &&
      version < Number(fixed ?? Infinity) &&
      version <= Number(lastAffected ?? Infinity),
  )
}

/** https://ossf.github.io/osv-schema/#evaluation */
function evaluate(events: readonly OsvEvent[], version: number): boolean {
  const sorted = events.toSorted((a, b) => Number(Object.values(a)[0]) - Number(Object.values(b)[0]))
  let isVulnerable = false
  for (const { introduced, fixed, last_affected: last } of sorted) {
    if (introduced !== undefined && version >= Number(introduced)) isVulnerable = true
    if (fixed !== undefined && version >= Number(fixed)) isVulnerable = false
    if (last !== undefined && version > Number(last)) isVulnerable = false
  }
  return isVulnerable
}
