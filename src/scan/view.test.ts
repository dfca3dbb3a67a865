import { describe, expect, it } from 'vitest'
import { makeFinding, makePackage, makeReport } from '../../test/helpers/finding.ts'
import { findingsAtLeast, type View, viewOf } from './view.ts'

const pkg = makePackage('x')
const owned = { by: 'ownership', reason: 'part of another', owner: 'pkg:deb/other@1' } as const
const report = makeReport({
  packages: [pkg],
  findings: [
    makeFinding(pkg, { id: 'fixed-high', severity: 'high', fixedVersion: '2.0.0' }),
    makeFinding(pkg, { id: 'unfixed-critical', severity: 'critical' }),
    makeFinding(pkg, { id: 'open-low', severity: 'low', verdict: 'under-investigation' }),
    makeFinding(pkg, { id: 'safe-critical', severity: 'critical', verdict: 'not-affected' }),
    makeFinding(pkg, { id: 'owned-critical', severity: 'critical', fixedVersion: '2.0.0', suppressed: owned }),
    makeFinding(pkg, { id: 'undecided', severity: 'high', verdict: 'unknown' }),
    makeFinding(pkg, { id: 'gap', kind: 'no-advisories', verdict: 'unknown', severity: 'unknown' }),
    makeFinding(pkg, { id: 'old', kind: 'end-of-life', verdict: 'unknown', severity: 'unknown' }),
  ],
})

describe('a view', () => {
  const views: [View, string[]][] = [
    [{}, ['fixed-high', 'unfixed-critical', 'open-low', 'undecided', 'gap', 'old']],
    [{ showSuppressed: true }, report.findings.map(({ id }) => id)],
    [{ severities: new Set(['high']) }, ['fixed-high', 'undecided', 'gap', 'old']],
    [{ severities: new Set() }, ['gap', 'old']],
    [{ ignoreUnfixed: true }, ['fixed-high', 'open-low', 'undecided', 'gap', 'old']],
    [
      { severities: new Set(['critical']), showSuppressed: true },
      ['unfixed-critical', 'safe-critical', 'owned-critical', 'gap', 'old'],
    ],
  ]
  it.each(views)('%j', async (view, ids) => {
    const seen = await viewOf(report, view)
    expect(seen.findings.map(({ id }) => id)).toEqual(ids)
  })

  it('has a summary of what it shows, and everything else as it was', async () => {
    const seen = await viewOf(report, { severities: new Set(['low']) })
    expect(seen.summary).toMatchObject({ packages: 1, findings: 3, fixable: 0, upgrades: [] })
    expect({ ...seen, findings: [], summary: undefined }).toEqual({ ...report, findings: [], summary: undefined })
  })
})

describe('the gate', () => {
  it.each([
    ['critical', ['unfixed-critical']],
    ['high', ['fixed-high', 'unfixed-critical']],
    ['unknown', ['fixed-high', 'unfixed-critical']],
  ] as const)('at %s counts what affects the image, and nothing else', (severity, ids) => {
    expect(findingsAtLeast(report, severity).map(({ id }) => id)).toEqual(ids)
  })
})
