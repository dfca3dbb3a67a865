import { describe, expect, it } from 'vitest'
import { makeFinding, makePackage } from '../../test/helpers/finding.ts'
import { planUpgrades } from './upgrades.ts'

const lodash = makePackage('lodash', { version: '4.17.15' })
const minimist = makePackage('minimist')
const openssl = { ecosystem: 'deb', version: '3.0.9-1', source: { name: 'openssl', version: '3.0.9-1' } } as const
const libssl = makePackage('libssl3', { ...openssl, locations: ['/var/lib/dpkg/status'] })
const tool = makePackage('openssl', { ...openssl, locations: ['/var/lib/dpkg/status'] })

describe('the plan of upgrades', () => {
  it('takes the lowest version that ends every finding, in the order of the scheme', async () => {
    const findings = ['4.17.9', '4.17.21', '4.17.19'].map((fixedVersion, at) =>
      makeFinding(lodash, { id: `CVE-2030-000${at}`, fixedVersion }),
    )
    expect(await planUpgrades([lodash], findings)).toMatchObject([
      {
        name: 'lodash',
        installedVersion: '4.17.15',
        targetVersion: '4.17.21',
        fixes: expect.objectContaining({ length: 3 }),
      },
    ])
  })

  it('knows that 1.10 comes after 1.9, and a release after its candidates', async () => {
    const target = async (...fixedVersions: string[]) => {
      const findings = fixedVersions.map((fixedVersion) => makeFinding(libssl, { fixedVersion }))
      return (await planUpgrades([libssl], findings))[0]?.targetVersion
    }
    expect(await target('1.9-1', '1.10-1')).toBe('1.10-1')
    expect(await target('1.10-1', '1.9-1')).toBe('1.10-1')
    expect(await target('2.0~rc1-1', '2.0-1')).toBe('2.0-1')
  })

  it('has one row for the packages of one source, named by it', async () => {
    const plan = await planUpgrades(
      [libssl, tool],
      [libssl, tool].map((pkg) => makeFinding(pkg, { fixedVersion: '3.0.10-1' })),
    )
    expect(plan).toMatchObject([
      { name: 'openssl (libssl3, openssl)', packages: [libssl.purl, tool.purl], fixes: ['CVE-2030-0001'] },
    ])
  })

  it('has one row for two copies of one version, and two for two versions', async () => {
    const copy = { ...lodash, locations: ['/opt/node_modules/lodash/package.json'] }
    const older = makePackage('lodash', { version: '3.0.0' })
    const plan = await planUpgrades(
      [lodash, copy, older],
      [lodash, copy, older].map((pkg) => makeFinding(pkg, { fixedVersion: '4.17.21' })),
    )
    const places = new Map(plan.map(({ installedVersion, locations }) => [installedVersion, locations.length]))
    expect(Object.fromEntries(places)).toEqual({ '3.0.0': 1, '4.17.15': 2 })
  })

  it('puts first what is known to be exploited, then the most severe, then what ends the most', async () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => makePackage(name)) as [
      typeof lodash,
      typeof lodash,
      typeof lodash,
      typeof lodash,
    ]
    const kev = { dateAdded: '2030-01-01', ransomware: false }
    const plan = await planUpgrades(
      [a, b, c, d],
      [
        makeFinding(a, { fixedVersion: '2.0.0', severity: 'high' }),
        makeFinding(b, { fixedVersion: '2.0.0', severity: 'low', kev }),
        makeFinding(c, { fixedVersion: '2.0.0', severity: 'critical' }),
        makeFinding(d, { fixedVersion: '2.0.0', severity: 'high' }),
        makeFinding(d, { fixedVersion: '2.0.0', severity: 'low', id: 'CVE-2030-0002' }),
      ],
    )
    expect(plan.map(({ name }) => name)).toEqual(['b', 'c', 'd', 'a'])
    expect(plan[2]).toMatchObject({ severity: 'high', fixes: ['CVE-2030-0001', 'CVE-2030-0002'] })
  })

  it('has nothing for what has no fix or does not affect the image', async () => {
    const findings = [
      makeFinding(minimist),
      makeFinding(minimist, { verdict: 'not-affected' }),
      makeFinding(minimist, { verdict: 'unknown', fixedVersion: '2.0.0' }),
    ]
    expect(await planUpgrades([minimist], findings)).toEqual([])
  })
})
