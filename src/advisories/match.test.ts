import { describe, expect, it } from 'vitest'
import type { Distribution } from '#model/distribution.ts'
import type { Finding } from '#model/finding.ts'
import type { Package } from '#model/package.ts'
import { type AdvisoryIndex, matchAdvisories } from './match.ts'
import type { AdvisoryRecord } from './record.ts'

const bookworm: Distribution = { id: 'debian', versionId: '12', idLike: [], name: 'Debian GNU/Linux 12 (bookworm)' }

function pkg(fields: Partial<Package>): Package {
  const { name = 'lodash', version = '4.17.15' } = fields
  return { purl: `pkg:npm/${name}@${version}`, name, version, ecosystem: 'npm', locations: [`/app/${name}`], ...fields }
}

function record(fields: Partial<AdvisoryRecord>): AdvisoryRecord {
  return {
    id: 'CVE-2020-0001',
    aliases: [],
    namespace: 'npm',
    keyKind: 'binary',
    name: 'lodash',
    scheme: 'npm',
    ranges: [{ fixed: '4.17.19' }],
    state: 'affected',
    fixState: 'fixed',
    severity: 'high',
    source: 'osv-npm',
    ...fields,
  }
}

function indexOf(records: readonly AdvisoryRecord[], more: Partial<AdvisoryIndex> = {}): AdvisoryIndex {
  const source = { name: '', url: '', licence: '', records: 1 }
  return {
    facts: {
      digest: 'sha256:0',
      builtAt: '2026-08-22T00:00:00Z',
      starter: false,
      sources: [
        { ...source, id: 'osv-npm' },
        { ...source, id: 'guessed', derivedFrom: 'a table' },
      ],
    },
    namespaces: new Set(['npm', 'debian-12', 'almalinux-9', 'alpine-3.19', 'go']),
    lookup: (namespace, name) => records.filter((each) => each.namespace === namespace && each.name === name),
    kev: () => new Map(),
    cycles: () => [],
    ...more,
  }
}

async function findingsFor(
  packages: readonly Package[],
  records: readonly AdvisoryRecord[],
  distribution?: Distribution,
): Promise<readonly Finding[]> {
  return (await matchAdvisories(packages, distribution, indexOf(records))).findings
}

describe('one package against one record', () => {
  it.each([
    ['below the fix', '4.17.15', [{ fixed: '4.17.19' }], 'affected-fixed'],
    ['the fix itself', '4.17.19', [{ fixed: '4.17.19' }], undefined],
    ['before it was introduced', '3.6.0', [{ introduced: '3.7.0', fixed: '4.17.19' }], undefined],
    ['where it was introduced', '3.7.0', [{ introduced: '3.7.0', fixed: '4.17.19' }], 'affected-fixed'],
    ['introduced in 0', '0.0.1', [{ introduced: '0', fixed: '1.0.0' }], 'affected-fixed'],
    ['last affected', '2.0.0', [{ lastAffected: '2.0.0' }], 'affected-unfixed'],
    ['after last affected', '2.0.1', [{ lastAffected: '2.0.0' }], undefined],
    [
      'second of two branches',
      '2.1.0',
      [{ fixed: '1.5.0' }, { introduced: '2.0.0', fixed: '2.2.0' }],
      'affected-fixed',
    ],
    ['between two branches', '1.9.0', [{ fixed: '1.5.0' }, { introduced: '2.0.0', fixed: '2.2.0' }], undefined],
    ['every version', '9.9.9', [], 'affected-unfixed'],
    ['a bound that is no version', '1.0.0', [{ fixed: 'soon' }], 'unknown'],
  ])('%s: %s in %j is %s', async (_case, version, ranges, verdict) => {
    const [finding] = await findingsFor([pkg({ version })], [record({ ranges })])
    expect(finding?.verdict).toBe(verdict)
  })

  it('takes versions that are listed by name', async () => {
    const listed = record({ ranges: [], versions: ['1.0.0', '1.0.2'] })
    const findings = await findingsFor([pkg({ version: '1.0.2' }), pkg({ version: '1.0.1' })], [listed])
    expect(findings.map(({ installedVersion }) => installedVersion)).toEqual(['1.0.2'])
  })

  it('keeps the vendor`s verdicts and reasons apart', async () => {
    const records = [
      record({ id: 'CVE-1', ranges: [], state: 'not-affected', fixState: 'unknown' }),
      record({ id: 'CVE-2', ranges: [], state: 'under-investigation', fixState: 'unknown' }),
      record({ id: 'CVE-3', ranges: [], fixState: 'will-not-fix', vendorStatus: 'ignored' }),
    ]
    const findings = await findingsFor([pkg({})], records)
    expect(findings.map(({ verdict, fixState }) => [verdict, fixState])).toEqual([
      ['not-affected', 'unknown'],
      ['under-investigation', 'unknown'],
      ['affected-unfixed', 'will-not-fix'],
    ])
  })

  it('says of a version that cannot be compared that it is unknown', async () => {
    const matched = await matchAdvisories([pkg({ version: 'not a version' })], undefined, indexOf([record({})]))
    expect(matched.unknowns[0]?.reason).toContain('"not a version" is not a version that the npm scheme can compare')
  })

  it('carries the proof', async () => {
    const [finding] = await findingsFor([pkg({})], [record({})])
    expect(finding?.evidence).toMatchObject({
      namespace: 'npm',
      key: 'lodash',
      scheme: 'npm',
      comparedVersion: '4.17.15',
      checks: [{ name: 'range', passed: true, detail: '4.17.15 < 4.17.19 (npm)' }],
    })
  })
})

describe('keys and scopes', () => {
  it('compares Debian packages by source name and source version', async () => {
    const bash = pkg({
      ecosystem: 'deb',
      name: 'libssl3',
      version: '3.0.11-1+b1',
      source: { name: 'openssl', version: '3.0.11-1' },
    })
    const deb = { namespace: 'debian-12', keyKind: 'source', scheme: 'deb', source: 'debian-tracker' } as const
    const records = [
      record({ ...deb, name: 'openssl', ranges: [{ fixed: '3.0.11-1+b1' }] }),
      record({ ...deb, name: 'libssl3', ranges: [] }),
    ]
    const findings = await findingsFor([bash], records, bookworm)
    expect(findings.map(({ evidence }) => evidence?.comparedVersion)).toEqual(['3.0.11-1'])
  })

  it.each([
    ['nginx:1.22', 'nginx:1.22', 1],
    ['nginx:1.22', 'nginx:1.24', 0],
    ['nginx:1.22', undefined, 0],
    [undefined, 'nginx:1.22', 0],
    [undefined, undefined, 1],
  ])('matches a package of module %s with an advisory of module %s %d times', async (has, wants, times) => {
    const alma: Distribution = { id: 'almalinux', versionId: '9.3', idLike: ['rhel'], name: 'AlmaLinux 9.3' }
    const nginx = pkg({ ecosystem: 'rpm', name: 'nginx', version: '1:1.20-1.el9', module: has })
    const advisory = record({ namespace: 'almalinux-9', name: 'nginx', scheme: 'rpm', ranges: [], module: wants })
    expect(await findingsFor([nginx], [advisory], alma)).toHaveLength(times)
  })

  it('respects the architectures of an advisory', async () => {
    const advisory = record({ ranges: [], architectures: ['x86_64'] })
    const packages = ['x86_64', 'aarch64', 'noarch'].map((architecture) =>
      pkg({ architecture, locations: [architecture] }),
    )
    expect((await findingsFor(packages, [advisory])).map(({ location }) => location)).toEqual(['noarch', 'x86_64'])
  })
})

describe('identity', () => {
  it('merges what two sources say of one CVE, first-hand data first', async () => {
    const derived = record({ id: 'CVE-2020-8203', source: 'guessed', ranges: [{ fixed: '4.17.20' }] })
    const genuine = record({ id: 'GHSA-p6mc-m468-83gw', aliases: ['CVE-2020-8203'], severity: 'unknown' })
    const findings = await findingsFor([pkg({})], [derived, genuine])
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      id: 'CVE-2020-8203',
      aliases: ['GHSA-p6mc-m468-83gw'],
      fixedVersion: '4.17.19',
      severity: 'high',
      source: 'osv-npm',
    })
  })

  it('never merges two records of one source, nor two CVEs through a record that names both', async () => {
    const records = [
      record({ id: 'GHSA-a', aliases: ['CVE-1'] }),
      record({ id: 'GHSA-b', aliases: ['CVE-1'] }),
      record({ id: 'GHSA-c', aliases: ['CVE-1', 'CVE-2'], source: 'guessed' }),
    ]
    const findings = await findingsFor([pkg({})], records)
    expect(findings.map(({ id }) => id)).toEqual(['GHSA-a', 'GHSA-b', 'GHSA-c'])
  })

  it('is one finding when one record comes in several pieces', async () => {
    const pieces = [
      record({ ranges: [{ fixed: '3.0.0' }] }),
      record({ ranges: [{ introduced: '4.0.0', fixed: '4.18.0' }] }),
    ]
    expect((await findingsFor([pkg({})], pieces)).map(({ fixedVersion }) => fixedVersion)).toEqual(['4.18.0'])
  })

  it('marks what is known to be exploited by any of its names', async () => {
    const kev = new Map([['CVE-7', { dateAdded: '2026-01-02', ransomware: true }]])
    const index = indexOf([record({ id: 'GHSA-x', aliases: ['CVE-7'] })], { kev: () => kev })
    const { findings } = await matchAdvisories([pkg({})], undefined, index)
    expect(findings[0]?.kev).toEqual({ dateAdded: '2026-01-02', ransomware: true })
  })
})

describe('what cannot be judged', () => {
  it('is unknown when no feed covers the distribution', async () => {
    const plamo: Distribution = { id: 'plamo', versionId: '8.1', idLike: [], name: 'Plamo Linux 8.1' }
    const matched = await matchAdvisories([pkg({ ecosystem: 'rpm' })], plamo, indexOf([]))
    expect(matched.findings).toMatchObject([{ kind: 'no-advisories', verdict: 'unknown' }])
    expect(matched.unknowns[0]?.reason).toBe('no advisory data covers Plamo Linux 8.1, not judged: 1 rpm package')
    expect(matched.ecosystems).toEqual([{ ecosystem: 'rpm', packages: 1, namespace: undefined }])
  })

  it('is unknown when the release has reached its end of life by the day of the database', async () => {
    const buster: Distribution = { ...bookworm, versionId: '10', name: 'Debian GNU/Linux 10 (buster)' }
    const cycles = [
      { distribution: 'debian', release: '10', endOfLife: '2022-09-10', endOfExtendedSupport: '2024-06-30' },
    ]
    const matched = await matchAdvisories([], buster, indexOf([], { cycles: () => cycles }))
    expect(matched.findings).toMatchObject([{ id: 'end-of-life-debian-10', verdict: 'unknown' }])
    expect(matched.lifecycle).toEqual({ endOfLife: '2024-06-30', isEndOfLife: true })
  })

  it('finds the release of a minor version, and no other', async () => {
    const cycles = [
      { distribution: 'alpine', release: '3.1', endOfLife: '2016-11-01' },
      { distribution: 'alpine', release: '3.19', endOfLife: '2025-11-01' },
    ]
    const alpine: Distribution = { id: 'alpine', versionId: '3.19.1', idLike: [], name: 'Alpine Linux v3.19' }
    const { lifecycle } = await matchAdvisories([], alpine, indexOf([], { cycles: () => cycles }))
    expect(lifecycle?.endOfLife).toBe('2025-11-01')
  })
})

describe('software that a package of the distribution brought', () => {
  const owner = pkg({
    ecosystem: 'deb',
    name: 'python3-shop',
    version: '1.0-1',
    purl: 'pkg:deb/debian/python3-shop@1.0-1',
  })
  const owned = pkg({ ownedBy: owner.purl })
  const old = { distribution: 'debian', release: '12', endOfLife: '2020-01-01' }

  it('is judged by the distribution: what its own ecosystem says is kept and suppressed, with the reason', async () => {
    const [finding] = await findingsFor([owner, owned], [record({})], bookworm)
    expect(finding).toMatchObject({ verdict: 'affected-fixed', suppressed: { by: 'ownership', owner: owner.purl } })
    expect(finding?.suppressed?.reason).toContain('python3-shop 1.0-1')
  })

  it.each([
    ['that is not known', undefined, {}],
    ['without a feed', bookworm, { namespaces: new Set(['npm']) }],
    ['that gets no more fixes', bookworm, { cycles: () => [old] }],
  ] as const)('is judged by its own ecosystem in a distribution %s', async (_, distribution, more) => {
    const { findings } = await matchAdvisories([owner, owned], distribution, indexOf([record({})], more))
    const finding = findings.find(({ kind }) => kind === 'vulnerability')
    expect(finding).toMatchObject({ id: 'CVE-2020-0001' })
    expect(finding?.suppressed).toBeUndefined()
  })

  it('is judged by its own ecosystem when it was changed, or when the owner is not there', async () => {
    const changed = pkg({ changedSince: owner.purl })
    const orphan = pkg({ ownedBy: 'pkg:deb/debian/gone@1', purl: 'pkg:npm/lodash@4.17.15#2' })
    const findings = await findingsFor([owner, changed, orphan], [record({})], bookworm)
    expect(findings.map(({ suppressed }) => suppressed)).toEqual([undefined, undefined])
  })

  it('is no gap where nothing covers its own ecosystem', async () => {
    const generic = { ecosystem: 'generic', name: 'nginx', purl: 'pkg:generic/nginx@1' } as const
    const of = async (packages: readonly Package[]) => (await matchAdvisories(packages, bookworm, indexOf([]))).unknowns
    expect(await of([owner, pkg({ ...generic, ownedBy: owner.purl })])).toEqual([])
    expect(await of([owner, pkg({ ...generic, ownedBy: owner.purl }), pkg(generic)])).toMatchObject([
      { reason: expect.stringContaining('1 generic package') as string },
    ])
  })
})
