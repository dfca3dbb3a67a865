import { beforeAll, expect, it } from 'vitest'
import type { ScanReport } from '#model/report.ts'
import { describeShared, shared } from '../helpers/components.ts'
import { scanToJson, seawall } from '../helpers/seawall.ts'

const image = `oci:${shared('images/oci')}:acme/shop-api:1.4.2`

describeShared('an application whose upper layers purge, delete and rewrite packages', () => {
  let report: ScanReport

  beforeAll(async () => {
    report = await scanToJson([image])
  })

  it('has not what was purged or deleted', () => {
    const names = report.packages.map(({ ecosystem, name }) => `${ecosystem} ${name}`)
    expect(names).toContain('deb nodejs')
    expect(names.filter((name) => name === 'deb wget' || name === 'npm xmldom')).toEqual([])
  })

  it('has what was rewritten as it is now, by the step that did it', () => {
    const rewritten = report.packages.filter(({ locations }) => locations[0] === '/app/node_modules/ini/package.json')
    expect(rewritten).toMatchObject([
      { version: '1.3.8', layer: { createdBy: expect.stringContaining('sed -i') as string }, origin: 'application' },
    ])
  })

  it('tells packages of the base image from those that were installed on it, though all are in one database', () => {
    const steps = new Map(report.packages.map(({ name, layer, origin }) => [name, `${origin} ${layer?.createdBy}`]))
    expect(steps.get('bash')).toMatch(/^base debootstrap /)
    expect(steps.get('nodejs')).toMatch(/^application \/bin\/sh -c apt-get update && apt-get install/)
    expect(report.subject.layers.map(({ origin }) => origin)).toEqual([
      'base',
      ...Array.from({ length: 14 }, () => 'application'),
    ])
  })

  it('names layer and build step of each finding', () => {
    const found = report.findings.filter(({ kind }) => kind === 'vulnerability')
    const unplaced = found.filter(({ layer, origin }) => layer?.createdBy === undefined || origin === undefined)
    expect(found.length).toBeGreaterThan(100)
    expect(unplaced).toEqual([])
  })

  it('says in the table how many of them a new base image would change', async () => {
    const { stdout } = await seawall(['scan', image])
    const base = report.findings.filter(({ origin }) => origin === 'base').length
    const all = report.findings.filter(({ kind }) => kind === 'vulnerability').length
    expect(stdout).toContain(`${base} of ${all} findings come from the base image.`)
  })
})
