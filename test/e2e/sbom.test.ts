/** `seawall sbom`, and `seawall scan` of what it wrote. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sbomFormatIds } from '#inventory/sbom/format-ids.ts'
import type { ScanReport } from '#model/report.ts'
import { buildSampleDatabase } from '../helpers/sample-database.ts'
import { scanToJson, seawall, temporaryDirectory } from '../helpers/seawall.ts'
import { storefront } from '../helpers/shell.ts'

const workspace = temporaryDirectory()
const env = { SOURCE_DATE_EPOCH: '1700000000' }
let database = ''
let direct: ScanReport
beforeAll(async () => {
  database = await buildSampleDatabase(workspace.path)
  direct = await scan(storefront)
})
afterAll(() => workspace[Symbol.dispose]())

function at(name: string): string {
  return join(workspace.path, name)
}

function scan(...args: string[]): Promise<ScanReport> {
  return scanToJson(['--db', database, '--no-cache', ...args])
}

function judged({ findings, packages, subject }: ScanReport): unknown {
  return {
    findings,
    os: subject.os,
    purls: packages.map(({ purl, locations, layer }) => ({ purl, locations, layer: layer?.diffId })),
  }
}

describe('an SBOM', () => {
  it.each(sbomFormatIds)('as %s is scanned with the findings of the image', async (format) => {
    const file = at(`app.${format}`)
    const written = await seawall(['sbom', storefront, '-f', format, '-o', file], { env })
    expect(written).toMatchObject({ status: 0, stdout: '' })
    expect(direct.findings.length).toBeGreaterThan(5)
    for (const argument of [file, `sbom:${file}`]) {
      const report = await scan(argument)
      expect(judged(report)).toEqual(judged(direct))
      expect(report.subject).toMatchObject({ kind: 'sbom', name: file, layers: [] })
    }
  })

  it('is the same to the byte at the same time, and says when it was made', async () => {
    const [once, twice] = [await seawall(['sbom', storefront], { env }), await seawall(['sbom', storefront], { env })]
    expect(twice?.stdout).toBe(once?.stdout)
    expect(JSON.parse(once?.stdout ?? '')).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { timestamp: '2023-11-14T22:13:20Z' },
    })
  })

  it('becomes an SBOM of another format', async () => {
    const [first, second] = [at('first.cdx.json'), at('second.spdx')]
    await seawall(['sbom', storefront, '--spec-version', '1.4', '-o', first], { env })
    expect(await seawall(['sbom', first, '-f', 'spdx-tag-value', '-o', second], { env })).toMatchObject({ status: 0 })
    expect(judged(await scan(second))).toEqual(judged(direct))
  })

  it('needs no advisory database', async () => {
    const outcome = await seawall(['sbom', storefront], { env: { ...env, SEAWALL_DB: '/nonexistent' } })
    expect(outcome.status).toBe(0)
  })
})

describe('what cannot be', () => {
  it.each([
    [['sbom', storefront, '--format', 'spdx-json', '--spec-version', '1.5'], 2, '--spec-version is for CycloneDX'],
    [['sbom', storefront, '--spec-version', '1.3'], 2, 'expected one of 1.4, 1.5, 1.6, 1.7'],
    [['sbom', storefront, '--format', 'cyclonedx'], 2, 'expected one of cyclonedx-json, cyclonedx-xml'],
    [['scan', 'sbom:/nonexistent.json'], 3, 'no such file'],
  ])('%j ends with %d', async (args, status, message) => {
    const outcome = await seawall(args)
    expect(outcome.stderr).toContain(message)
    expect(outcome.status).toBe(status)
  })

  it('a time that is none', async () => {
    const outcome = await seawall(['sbom', storefront], { env: { SOURCE_DATE_EPOCH: 'yesterday' } })
    expect(outcome).toMatchObject({ status: 2, stderr: expect.stringContaining('SOURCE_DATE_EPOCH') })
  })

  it.each([
    ['{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}', 'components.0.type'],
    ['{"bomFormat":"CycloneDX","specVersion":"9"}', 'CycloneDX 9 is not among'],
    ['{"spdxVersion":"SPDX-2.3"', 'this is not JSON'],
  ])('%s', async (text, message) => {
    writeFileSync(at('broken.json'), text)
    const outcome = await seawall(['scan', '--db', database, at('broken.json')])
    expect(outcome.stderr).toContain(message)
    expect(outcome.status).toBe(6)
  })

  it.each(['{"name":"app"}', '<html/>'])('what does not call itself one, where one was asked for: %s', async (text) => {
    writeFileSync(at('other.json'), text)
    const outcome = await seawall(['scan', '--db', database, `sbom:${at('other.json')}`])
    expect(outcome).toMatchObject({ status: 6, stderr: expect.stringContaining('no bill of materials') })
  })

  it('components that are no packages are told', async () => {
    const components = [{ type: 'library', name: 'mystery', version: '1' }]
    writeFileSync(at('mystery.json'), JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components }))
    const { unknowns } = await scan(at('mystery.json'))
    expect(unknowns).toContainEqual({ path: '/', reason: '1 component with no package URL: not judged' })
    const strict = await seawall(['sbom', at('mystery.json'), '--strict'])
    expect(strict).toMatchObject({ status: 8, stderr: expect.stringContaining('1 thing could not be read') })
  })
})
