import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newestCvss, scoreCvss } from './cvss.ts'

describe('a CVSS vector', () => {
  it.each([
    ['AV:N/AC:L/Au:N/C:C/I:C/A:C', '2.0', 10, 'high'],
    ['(AV:N/AC:M/Au:N/C:P/I:N/A:N)', '2.0', 4.3, 'medium'],
    ['AV:L/AC:H/Au:M/C:N/I:N/A:N', '2.0', 0, 'negligible'],
    ['AV:N/AC:M/Au:N/C:P/I:N/A:N/E:POC/RL:OF/RC:C/CDP:ND/TD:ND/CR:ND/IR:ND/AR:ND', '2.0', 4.3, 'medium'],
    ['CVSS:3.0/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N', '3.0', 1.6, 'low'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', '3.1', 10, 'critical'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N/E:U/RL:O/RC:R/MAV:L', '3.1', 9.1, 'critical'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N', '4.0', 6.9, 'medium'],
    ['CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MSI:S', '4.0', 9.7, 'critical'],
  ])('%s is version %s, score %d, %s', (vector, version, score, severity) => {
    expect(scoreCvss(vector)).toEqual({ vector, version, score, severity })
  })

  it.each([
    [''],
    ['CVSS:3.1'],
    ['CVSS:3.1/AV:N'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:H'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/'],
    ['CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:toString'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:S/SI:N/SA:N'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N'],
    ['AV:N/AC:L/Au:N/C:C/I:C'],
    [`CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H${'/E:X'.repeat(200)}`],
    ['constructor:N/AC:L/Au:N/C:C/I:C/A:C'],
  ])('%s is none', (vector) => {
    expect(scoreCvss(vector)).toBeUndefined()
  })

  it('has a score from 0 to 10 in tenths, whatever its metrics', () => {
    const base = fc.tuple(...metrics4.map((values) => fc.constantFrom(...values)))
    fc.assert(
      fc.property(base, (metrics) => {
        const score = scoreCvss(`CVSS:4.0/${metrics.join('/')}`)?.score ?? -1
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(10)
        expect(Math.round(score * 10) / 10).toBe(score)
      }),
    )
  })

  it('of the newest version counts, and of these the highest', () => {
    const v2 = 'AV:N/AC:L/Au:N/C:C/I:C/A:C'
    const low = 'CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N'
    const high = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N'
    expect(newestCvss([v2, low, 'CVSS:4.0/nonsense', high])?.vector).toBe(high)
    expect(newestCvss([])).toBeUndefined()
  })
})

const metrics4 = [
  'AV:N AV:A AV:L AV:P',
  'AC:L AC:H',
  'AT:N AT:P',
  'PR:N PR:L PR:H',
  'UI:N UI:P UI:A',
  'VC:H VC:L VC:N',
  'VI:H VI:L VI:N',
  'VA:H VA:L VA:N',
  'SC:H SC:L SC:N',
  'SI:H SI:L SI:N',
  'SA:H SA:L SA:N',
  'E:X E:A E:P E:U',
  'CR:X CR:H CR:M CR:L',
  'IR:X IR:H IR:M IR:L',
  'AR:X AR:H AR:M AR:L',
  'MSI:X MSI:S MSI:H MSI:L MSI:N',
].map((values) => values.split(' '))
