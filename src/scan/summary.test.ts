import { describe, expect, it } from 'vitest'
import { makeFinding, makePackage } from '../../test/helpers/finding.ts'
import { summarize } from './summary.ts'

const pkg = makePackage('x')

describe('a summary', () => {
  it('counts every severity and verdict, those that do not occur included and those that are suppressed apart', async () => {
    const findings = [
      makeFinding(pkg, { severity: 'high', fixedVersion: '2.0.0' }),
      makeFinding(pkg, { severity: 'high', kev: { dateAdded: '2030-01-01', ransomware: true } }),
      makeFinding(pkg, { severity: 'low', verdict: 'under-investigation' }),
      makeFinding(pkg, {
        severity: 'critical',
        fixedVersion: '9.0.0',
        suppressed: { by: 'ownership', reason: 'part of another', owner: 'pkg:deb/other@1' },
      }),
    ]
    expect(await summarize([pkg], findings, [{ path: '/a', reason: 'it is torn' }])).toEqual({
      packages: 1,
      findings: 3,
      suppressed: 1,
      fixable: 1,
      knownExploited: 1,
      unknowns: 1,
      bySeverity: { unknown: 0, negligible: 0, low: 1, medium: 0, high: 2, critical: 0 },
      byVerdict: {
        'affected-fixed': 1,
        'affected-unfixed': 1,
        'not-affected': 0,
        'under-investigation': 1,
        unknown: 0,
      },
      upgrades: [expect.objectContaining({ name: 'x', targetVersion: '2.0.0' })],
    })
  })

  it('of nothing is zero everywhere', async () => {
    const { upgrades, bySeverity, ...counts } = await summarize([], [], [])
    expect(upgrades).toEqual([])
    expect(Object.values(bySeverity)).toEqual([0, 0, 0, 0, 0, 0])
    expect(counts).toMatchObject({ packages: 0, findings: 0, fixable: 0, knownExploited: 0, unknowns: 0 })
  })
})
