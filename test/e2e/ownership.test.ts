import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ScanReport } from '#model/report.ts'
import { zip } from '../helpers/feed-fixture.ts'
import { legacyPieces, type Piece, sampleImage, tarOf } from '../helpers/image-archive.ts'
import { scanToJson, seawall, temporaryDirectory } from '../helpers/seawall.ts'

const site = 'usr/lib/python3/dist-packages'
const metadata = (version: string) => `Metadata-Version: 2.1\nName: harbour\nVersion: ${version}\n`
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/** As Debian installs a package: its database, the list of its files, their checksums and the files. */
function debian({ version, release = '12' }: { readonly version: string; readonly release?: string }): Piece[] {
  const proof = `${site}/harbour-${version}.dist-info/METADATA`
  return [
    { name: 'etc/os-release', content: `ID=debian\nVERSION_ID=${release}\nPRETTY_NAME="Debian ${release}"\n` },
    {
      name: 'var/lib/dpkg/status',
      content: `Package: python3-harbour\nStatus: install ok installed\nArchitecture: all\nSource: python-harbour\nVersion: ${version}-1\n`,
    },
    { name: 'var/lib/dpkg/info/python3-harbour.list', content: `/.\n/usr\n/${proof}\n` },
    { name: 'var/lib/dpkg/info/python3-harbour.md5sums', content: `${md5(metadata(version))}  ${proof}\n` },
    { name: proof, content: metadata(version) },
  ]
}

const tracker = {
  'python-harbour': {
    'CVE-2030-0001': { releases: { bookworm: { repositories: {}, status: 'open', urgency: 'medium' } } },
  },
}
const pypi = {
  id: 'CVE-2030-0002',
  modified: '2030-01-01T00:00:00Z',
  affected: [
    {
      package: { ecosystem: 'PyPI', name: 'harbour' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '3.0' }] }],
    },
  ],
  database_specific: { severity: 'CRITICAL' },
}

const workspace = temporaryDirectory()
afterAll(() => workspace[Symbol.dispose]())

describe('a Python package of Debian', () => {
  const db = join(workspace.path, 'db')

  beforeAll(async () => {
    const feeds = [join(workspace.path, 'tracker.json'), join(workspace.path, 'all.zip')] as const
    writeFileSync(feeds[0], JSON.stringify(tracker))
    writeFileSync(feeds[1], zip([{ name: `${pypi.id}.json`, bytes: Buffer.from(JSON.stringify(pypi)) }]))
    const built = await seawall(['db', 'build', '-o', db, `debian-tracker=${feeds[0]}`, `osv-pypi=${feeds[1]}`])
    expect(built.status, built.stderr).toBe(0)
  })

  it('is reported once, by what Debian says of it', async () => {
    const report = await scanned([debian({ version: '2.0' })])
    expect(vulnerabilities(report)).toEqual(['CVE-2030-0001 python3-harbour@2.0-1'])
    expect(report.summary).toMatchObject({ findings: 1, suppressed: 1, upgrades: [] })
    expect(report.packages.find(({ ecosystem }) => ecosystem === 'pypi')).toMatchObject({
      ownedBy: expect.stringContaining('python3-harbour@2.0-1') as string,
    })
  })

  it('has what PyPI says of it suppressed, which can be seen, with the reason', async () => {
    const report = await scanned([debian({ version: '2.0' })], ['--show-suppressed'])
    expect(vulnerabilities(report)).toEqual(['CVE-2030-0001 python3-harbour@2.0-1', 'CVE-2030-0002 harbour@2.0'])
    const finding = report.findings.find(({ suppressed }) => suppressed !== undefined)
    expect(finding?.suppressed).toEqual({
      by: 'ownership',
      owner: report.findings[0]?.package,
      reason: 'part of the deb package python3-harbour 2.0-1, which the advisories of the distribution judge',
    })
  })

  it('is told in the table and in SARIF, too', async () => {
    const image = await imageOf([debian({ version: '2.0' })])
    const plain = await seawall(['scan', '--db', db, image])
    expect(plain.stdout).toContain('1 more finding is suppressed: --show-suppressed lists them')
    const shown = await seawall(['scan', '--db', db, '--show-suppressed', image])
    expect(shown.stdout).toMatch(/Suppressed[^]*harbour {2}2\.0 {8}part of the deb package python3-harbour/)
    const sarif = await seawall(['scan', '--db', db, '--show-suppressed', '-f', 'sarif', image])
    const Log = z.object({
      runs: z.array(z.object({ results: z.array(z.object({ suppressions: z.unknown().optional() })) })),
    })
    const results = Log.parse(JSON.parse(sarif.stdout)).runs.flatMap((run) => run.results)
    expect(results.filter(({ suppressions }) => suppressions !== undefined)).toMatchObject([
      { suppressions: [{ kind: 'external', status: 'accepted' }] },
    ])
  })

  it('does not fail a gate by what is suppressed', async () => {
    const { status } = await seawall([
      'scan',
      '--db',
      db,
      '--fail-on',
      'critical',
      await imageOf([debian({ version: '2.0' })]),
    ])
    expect(status).toBe(0)
  })

  it.each([
    ['over its files', `${site}/harbour-2.0.dist-info/METADATA`],
    ['beside them', `${site}/harbour-2.1.dist-info/METADATA`],
    ['where pip puts it', 'usr/local/lib/python3.11/dist-packages/harbour-2.1.dist-info/METADATA'],
  ])('is reported by what PyPI says of it once pip upgraded it: %s', async (_, name) => {
    const removed = { name: `${site}/.wh.harbour-2.0.dist-info`, content: '' }
    const upgraded = { name, content: metadata('2.1') }
    const report = await scanned([debian({ version: '2.0' }), [removed], [upgraded]])
    expect(vulnerabilities(report)).toEqual(['CVE-2030-0001 python3-harbour@2.0-1', 'CVE-2030-0002 harbour@2.1'])
  })

  it('is reported by what PyPI says of it where Debian says nothing any more', async () => {
    const report = await scanned([debian({ version: '2.0', release: '8' })])
    expect(vulnerabilities(report)).toEqual(['CVE-2030-0002 harbour@2.0'])
  })

  async function scanned(layers: readonly (readonly Piece[])[], options: readonly string[] = []): Promise<ScanReport> {
    return await scanToJson(['--db', db, ...options, await imageOf(layers)])
  }
})

async function imageOf(layers: readonly (readonly Piece[])[]): Promise<string> {
  const file = join(workspace.path, 'image.tar')
  writeFileSync(file, await tarOf(legacyPieces(await sampleImage(layers))))
  return file
}

function vulnerabilities({ findings }: ScanReport): string[] {
  return findings
    .filter(({ kind }) => kind === 'vulnerability')
    .map(({ id, package: purl = '' }) => `${id} ${purl.split('?')[0]?.split('/').at(-1)}`)
    .toSorted()
}
