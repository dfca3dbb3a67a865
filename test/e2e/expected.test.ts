/** Answers computed with the distributions' own comparators, against databases built from exactly the named feeds. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Finding } from '#model/finding.ts'
import { describeShared, shared } from '../helpers/components.ts'
import { scanToJson, seawall, temporaryDirectory } from '../helpers/seawall.ts'

const feeds = {
  debian: `debian-tracker=${shared('feeds/derived/debian-tracker-shaped-from-changelogs.json.gz')}`,
  npm: `osv-npm=${shared('feeds/derived/ghsa-csv-as-osv/npm/all.zip')}`,
  alma: `almalinux-osv=${shared('feeds/osv/AlmaLinux/osv-database-master.tar.gz')}`,
  go: `osv-go=${shared('feeds/osv/Go/all.zip')}`,
}

const workspace = temporaryDirectory()
afterAll(() => workspace[Symbol.dispose]())

/** Where we differ on purpose, by name and with the reason: nowhere. */
const deviations: Readonly<Record<string, readonly string[]>> = { missing: [], extra: [] }

describeShared('the shared images, against one database', () => {
  const db = join(workspace.path, 'db')

  beforeAll(async () => {
    const { status, stderr } = await seawall(['db', 'build', '--output', db, ...Object.values(feeds)])
    expect(status, stderr).toBe(0)
  })

  it.each([
    ['acme/debian:12.15-slim', 'debian-12.15-slim.debian-expected.tsv', 15],
    ['acme/shop-api:1.4.2', 'shop-api-1.4.2.debian-expected.tsv', 39],
  ])('%s: the CVEs of its Debian packages', async (image, file, cves) => {
    const expected = rows(file).map(([cve, , binary, , fixed]) => `${cve} ${binary} ${fixed}`)
    const found = await findings(image, 'deb')
    const got = found.map((finding) => `${finding.id} ${nameIn(finding)} ${finding.fixedVersion}`)
    expect(difference(expected, got)).toEqual(deviations)
    expect(new Set(found.map(({ id }) => id)).size).toBe(cves)
  })

  it('acme/shop-api:1.4.2: the findings of its npm packages, by id and place', async () => {
    const expected = rows('shop-api-1.4.2.npm-expected.tsv').map(
      ([id, name, version, , path]) => `${id} ${name}@${version} ${path}`,
    )
    const found = await findings('acme/shop-api:1.4.2', 'npm')
    const got = found.map((finding) => {
      return `${finding.id} ${nameIn(finding)}@${finding.installedVersion} ${finding.location?.replace('/package.json', '')}`
    })
    expect(difference(expected, got)).toEqual(deviations)
    expect(got).toHaveLength(85)
  })

  it('acme/alma9-like:9.3: advisories by package', async () => {
    const expected = rows('alma9-like-9.3.rpm-expected.tsv').map(
      ([id, name, , fixed]) => `${id} ${name} ${epochless(fixed)}`,
    )
    const found = await findings('acme/alma9-like:9.3', 'rpm')
    const got = found.map((finding) => `${finding.id} ${nameIn(finding)} ${epochless(finding.fixedVersion)}`)
    expect(difference(expected, got)).toEqual(deviations)
    expect(got).toHaveLength(322)
  })

  it('acme/go-edge:0.9.0: advisories by module', async () => {
    const expected = rows('go-edge-0.9.0.go-expected.tsv').map(
      ([id, module, version, fixed]) => `${id} ${module} ${version} ${fixed}`,
    )
    const found = await findings('acme/go-edge:0.9.0', 'golang')
    const got = found.map(({ id, evidence, installedVersion = '', fixedVersion = '' }) => {
      return `${id} ${evidence?.key} ${installedVersion.replace(/^v/, '')} ${fixedVersion}`
    })
    expect(difference(expected, got)).toEqual(deviations)
    expect(got).toHaveLength(98)
  })

  async function findings(image: string, ecosystem: string): Promise<readonly Finding[]> {
    const report = await scanToJson(['--db', db, `${shared('images/oci')}:${image}`])
    const purls = new Set(report.packages.filter((pkg) => pkg.ecosystem === ecosystem).map(({ purl }) => purl))
    return report.findings.filter((finding) => finding.kind === 'vulnerability' && purls.has(finding.package ?? ''))
  }
})

function rows(file: string): string[][] {
  const [, ...lines] = readFileSync(shared('images/expected', file), 'utf8').trimEnd().split('\n')
  return lines.map((line) => line.split('\t'))
}

function difference(expected: readonly string[], got: readonly string[]): Record<string, string[]> {
  return {
    missing: expected.filter((line) => !got.includes(line)),
    extra: got.filter((line) => !expected.includes(line)),
  }
}

/** The name inside a purl, decoded; scopes of npm belong to it, namespaces of distributions do not. */
function nameIn({ package: purl = '' }: Pick<Finding, 'package'>): string {
  const [path = ''] = purl.replace(/^pkg:[a-z]+\//, '').split(/[?#]/)
  const name = decodeURIComponent(path.slice(0, path.lastIndexOf('@')))
  return purl.startsWith('pkg:npm/') ? name : name.slice(name.indexOf('/') + 1)
}

function epochless(version = ''): string {
  return version.replace(/^0:/, '')
}
