/** What each option of a scan does, alone and with others. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ScanReport } from '#model/report.ts'
import { addImage, addIndex, emptyContent, startFakeRegistry, tarOf } from '../helpers/fake-registry.ts'
import { buildSampleDatabase } from '../helpers/sample-database.ts'
import { type RunOptions, seawall, temporaryDirectory } from '../helpers/seawall.ts'
import { inShell, storefront } from '../helpers/shell.ts'

const workspace = temporaryDirectory()
let database = ''
beforeAll(async () => {
  database = await buildSampleDatabase(workspace.path)
})
afterAll(() => workspace[Symbol.dispose]())

interface Scanned {
  readonly status: number | null
  readonly stderr: string
  readonly report: ScanReport
  /** Ids of vulnerabilities without what they have in common. */
  readonly ids: readonly string[]
}

async function scan(args: readonly string[], options: RunOptions = {}): Promise<Scanned> {
  const { status, stdout, stderr } = await seawall(['scan', '--format', 'json', ...args], options)
  const report = JSON.parse(stdout) as ScanReport
  const vulnerabilities = report.findings.filter(({ kind }) => kind === 'vulnerability')
  return { status, stderr, report, ids: vulnerabilities.map(({ id }) => id.replace('CVE-2030-000', '')).toSorted() }
}

function scanSample(...args: string[]): Promise<Scanned> {
  return scan(['--db', database, ...args, storefront])
}

/** 1 high fixed, 2 low unfixed, 3 unknown undecided, 4 high not affected, 5 medium unfixed, 6 medium fixed. */
describe('what is shown', () => {
  it.each([
    [[], ['1', '2', '3', '5', '6']],
    [['--severity', 'high'], ['1']],
    [
      ['--severity', 'HIGH,Low'],
      ['1', '2'],
    ],
    [
      ['-s', 'high', '-s', 'low'],
      ['1', '2'],
    ],
    [
      ['--severity', 'high, low', '--severity', 'unknown'],
      ['1', '2', '3'],
    ],
    [['--severity', 'critical'], []],
    [['--ignore-unfixed'], ['1', '3', '6']],
    [['--ignore-unfixed', '--severity', 'medium'], ['6']],
    [['--show-suppressed'], ['1', '2', '3', '4', '5', '6']],
    [
      ['--show-suppressed', '--severity', 'high'],
      ['1', '4'],
    ],
  ])('%j', async (args, ids) => {
    const scanned = await scanSample(...args)
    expect(scanned.ids).toEqual(ids)
    expect(scanned.status).toBe(0)
    const gaps = scanned.report.findings.filter(({ kind }) => kind === 'no-advisories')
    expect(gaps).toHaveLength(2)
    expect(scanned.report.summary.findings).toBe(ids.length + gaps.length)
  })
})

/** docs/decisions/0007. */
describe('the gate judges what affects the image, whatever is shown', () => {
  it.each([
    [['--fail-on', 'critical'], 0, 0],
    [['--fail-on', 'high'], 1, 1],
    [['--fail-on', 'MEDIUM'], 1, 3],
    [['--fail-on', 'unknown'], 1, 4],
    [['--fail-on', 'high', '--severity', 'low'], 1, 1],
    [['--fail-on', 'medium', '--ignore-unfixed'], 1, 2],
    [['--fail-on', 'low', '--ignore-unfixed', '--severity', 'critical'], 1, 2],
    [['--fail-on', 'high', '--show-suppressed'], 1, 1],
  ])('%j: exit %d for %d', async (args, exit, count) => {
    const { status, stderr } = await scanSample(...args)
    expect(status).toBe(exit)
    const said = /^(\d+) findings? at or above \w+: failing as --fail-on asks\.$/m.exec(stderr)
    expect(Number(said?.[1] ?? 0)).toBe(count)
  })
})

describe('the table', () => {
  it('shows each finding under what there is to do', async () => {
    const { stdout } = await seawall(['scan', '--show-suppressed', '--db', database, storefront])
    const sections = stdout
      .split('\n\n')
      .map((section) => [section.split('\n')[0], [...section.matchAll(/CVE-2030-000(\d)/g)].map(([, id]) => id)])
    expect(sections).toEqual([
      [expect.stringContaining('storefront.tar'), []],
      ['Upgrade 2 packages to fix 2 findings', ['1', '6']],
      ['No fix yet for 2 findings', ['5', '2']],
      [expect.stringMatching(/^Undecided: 1 finding /), ['3']],
      [expect.stringMatching(/^Not affected: 1 vulnerability /), ['4']],
      [expect.stringMatching(/^Unknown: 2 things /), []],
      ['5 findings: 1 high, 2 medium, 1 low, 1 unknown', []],
    ])
  })
})

describe('--db and SEAWALL_DB', () => {
  it.each([
    ['the option', ['--db'], {}],
    ['the environment', [], { SEAWALL_DB: '' }],
    ['the option before the environment', ['--db'], { SEAWALL_DB: '/nowhere' }],
  ])('%s', async (_name, option, env) => {
    const args = option.length === 0 ? [] : ['--db', database]
    const named = option.length === 0 ? { SEAWALL_DB: database } : env
    expect((await scan([...args, storefront], { env: named })).ids).toContain('1')
  })

  it('fall back to what came with the program, and the table says how to get newer data', async () => {
    const { report } = await scan([storefront], { env: { SEAWALL_DB: '' } })
    expect(report.database.starter).toBe(true)
    const { stdout } = await seawall(['scan', storefront])
    expect(stdout).toMatch(/Advisory data that ships with Seawall, of [\d-]{10}, \d+ days old; `seawall db update`/)
  })
})

describe('--offline', () => {
  it('asks no registry, and says so', async () => {
    await using registry = await startFakeRegistry(emptyContent())
    for (const target of [`${registry.host}/app:1`, `registry:${registry.host}/app:1`]) {
      const { status, stderr } = await seawall(['scan', '--offline', target])
      expect(status).toBe(3)
      expect(stderr).toContain('this is offline')
      expect(stderr).toContain('Leave --offline out, or name a local archive.')
    }
    expect(registry.seen).toEqual([])
  })

  it('is no hindrance for a file', async () => {
    expect((await seawall(['scan', '--offline', '--db', database, storefront])).status).toBe(0)
  })
})

describe('--platform', () => {
  it('chooses from an index, and says what there is when there is no such image', async () => {
    const content = emptyContent()
    const manifests = await Promise.all(
      ['amd64', 'arm64'].map(async (architecture) =>
        addImage(content, {
          layers: [await tarOf({ 'etc/hostname': architecture })],
          platform: { os: 'linux', architecture },
        }),
      ),
    )
    addIndex(content, { tag: '1', manifests })
    await using registry = await startFakeRegistry(content)
    const target = `${registry.host}/app:1`
    const { report } = await scan(['--platform', 'linux/arm64', target])
    expect(report.subject.platform).toMatchObject({ os: 'linux', architecture: 'arm64' })
    const { status, stderr } = await seawall(['scan', '--platform', 'linux/s390x', target])
    expect(status).toBe(2)
    expect(stderr).toContain('linux/s390x')
    expect(stderr).toContain('linux/arm64')
  })
})

describe('--timeout', () => {
  it.each(['90s', '5m', '1h30m', '90000ms', '24h', '576h'])('%s', async (timeout) => {
    const { status, stderr } = await seawall(['scan', '--timeout', timeout, '--db', database, storefront])
    expect({ status, stderr }).toEqual({ status: 0, stderr: `Scanning ${storefront}, an OCI archive\n` })
  })
})

describe('help', () => {
  it.each([
    [['--help'], 'Usage: seawall COMMAND [options]'],
    [['help'], 'Usage: seawall COMMAND [options]'],
    [['-h'], 'Usage: seawall COMMAND [options]'],
    [['scan', '--help'], 'Usage: seawall scan [options] <target>'],
    [['scan', '-h', '--nope'], 'Usage: seawall scan [options] <target>'],
    [['help', 'scan'], 'Usage: seawall scan [options] <target>'],
    [['help', 'db'], 'Usage: seawall db COMMAND [options]'],
    [['help', 'db', 'build'], 'Usage: seawall db build [options] [feed...]'],
    [['version', 'compare', '--help'], 'Usage: seawall version compare [options] <scheme> <left> [right]'],
  ])('%j', async (args, usage) => {
    const { status, stdout, stderr } = await seawall(args)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain(usage)
    expect(stdout).toContain('\nExamples:\n  ')
  })

  it.each(['--version', '-V'])('%s', async (flag) => {
    const { status, stdout } = await seawall([flag])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('a place without write access', () => {
  it('is enough to scan in', async () => {
    const home = join(workspace.path, 'no-home')
    const { status, stdout } = await inShell(`HOME=${home} seawall scan -q "$storefront"`)
    expect(status).toBe(0)
    expect(stdout).toContain('findings')
    expect(existsSync(home)).toBe(false)
  })
})
