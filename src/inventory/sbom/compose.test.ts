import { describe, expect, it } from 'vitest'
import { makePackage } from '../../../test/helpers/finding.ts'
import { makeSbom } from '../../../test/helpers/sbom.ts'
import { composeSbom } from './compose.ts'
import { dependencyResolver } from './dependencies.ts'
import { sbomFormatIds } from './format-ids.ts'
import { isExceptionId, isLicenceExpression, isLicenceId, licenceRef } from './licence.ts'
import { packagesOf } from './packages.ts'
import { readSbom } from './read.ts'
import { sbomWriters } from './writers.ts'

describe('a bill of materials', () => {
  it('has an id for every component, and relations only between components', () => {
    const { subject, components } = makeSbom()
    const ids = [subject, ...components].map((component) => component?.id)
    expect(new Set(ids).size).toBe(ids.length)
    const needed = components.flatMap(({ dependsOn }) => dependsOn)
    expect(needed.filter((id) => !ids.includes(id))).toEqual([])
    expect(needed).toContain('pkg:deb/debian/libc6@2.36?arch=arm64&distro=debian-12')
  })

  it('keeps what no package here can be', () => {
    const openssl = makeSbom().components.find(({ name }) => name === 'libssl3')
    expect(openssl?.properties).toContainEqual({ name: 'seawall:unresolved-dependency', value: 'debconf' })
  })

  it('names the image by its package URL where a registry gave it', () => {
    expect(makeSbom().subject?.purl).toBe(
      `pkg:oci/pilot@sha256:${'a'.repeat(64)}?arch=arm64&repository_url=ghcr.io%2Fharbour%2Fpilot&tag=1.2`,
    )
  })
})

describe('declared licences', () => {
  const facts = { subject: { kind: 'rootfs', name: '/', layers: [] }, distribution: undefined, unknowns: [] } as const
  const details = { created: new Date(0), tool: { name: 'seawall', version: '1' } }

  it.each([
    [['Expat'], ['MIT']],
    [['BSD'], ['BSD']],
    [
      ['GPLv2+', 'GPL-2+', 'Artistic'],
      ['GPL-2.0-or-later', 'Artistic'],
    ],
  ])('%s are written as %s and read as they were declared', async (licences, written) => {
    const document = composeSbom({ ...facts, packages: [makePackage('left', { licences })] }, details)
    expect(document.components.map((component) => component.licences)).toEqual([written])
    for (const format of sbomFormatIds) {
      const text = await sbomWriters[format](document, '1.6')
      expect(packagesOf(readSbom(Buffer.from(text), format)).packages.map((found) => found.licences)).toEqual([
        licences,
      ])
    }
  })
})

describe('a dependency by name', () => {
  const at = (name: string, folder: string, dependencies: readonly string[] = []) =>
    makePackage(name, { locations: [`${folder}/node_modules/${name}/package.json`], dependencies })
  const left = at('left', '/app', ['right', 'gone'])
  const nested = at('right', '/app/node_modules/left')
  const beside = at('right', '/app')
  const elsewhere = at('right', '/opt')

  it.each([
    ['the nearest', [left, beside, nested, elsewhere], [nested]],
    ['further up', [left, elsewhere, beside], [beside]],
    ['the only one', [left, elsewhere], [elsewhere]],
    ['several, none of which is nearer', [left, elsewhere, at('right', '/srv')], [elsewhere, at('right', '/srv')]],
    ['of another ecosystem', [left, makePackage('right', { ecosystem: 'pypi' })], []],
  ])('is %s', (_, packages, found) => {
    const resolved = dependencyResolver(packages)(left)
    expect(resolved.found).toEqual(found)
    expect(resolved.missing).toEqual(found.length === 0 ? ['right', 'gone'] : ['gone'])
  })

  it('is what the same file names, of all versions', () => {
    const lock = { locations: ['/app/package-lock.json'] }
    const asking = makePackage('left', { ...lock, dependencies: ['right'] })
    const versions = ['1.0.0', '2.0.0'].map((version) => makePackage('right', { ...lock, version }))
    expect(dependencyResolver([asking, elsewhere, ...versions])(asking).found).toEqual(versions)
  })

  it('costs no more for a name that everybody has', () => {
    const crowd = Array.from({ length: 5000 }, (_, number) =>
      at(
        'left',
        `/app/${number}`,
        Array.from({ length: 50 }, () => 'left'),
      ),
    )
    const resolve = dependencyResolver(crowd)
    const started = performance.now()
    for (const one of crowd) expect(resolve(one).found).toEqual([])
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('a licence', () => {
  it.each([
    ['MIT', true, true],
    ['GPL-2.0', true, true],
    ['GPL-2.0+', true, false],
    ['MIT OR Apache-2.0', true, false],
    ['GPL-2.0-only WITH Classpath-exception-2.0', true, false],
    ['LicenseRef-harbour', true, false],
    ['mit', false, false],
    ['Apache-2', false, false],
    ['(MIT', false, false],
    ['', false, false],
    ['('.repeat(100_000), false, false],
  ])('%.40s: expression %s, id %s', (text, expression, id) => {
    expect([isLicenceExpression(text), isLicenceId(text)]).toEqual([expression, id])
  })

  it('gets a reference of its own where SPDX has none', () => {
    expect(licenceRef('Harbour licence, 2nd ed.')).toMatch(/^LicenseRef-Harbour-licence-2nd-ed-[0-9a-f]{12}$/)
    expect(licenceRef('£')).not.toBe(licenceRef('€'))
    expect(isLicenceExpression(licenceRef('£'))).toBe(true)
  })

  it('knows exceptions', () => {
    expect(['Classpath-exception-2.0', 'MIT', 'Classpath', 'a b'].map(isExceptionId)).toEqual([
      true,
      false,
      false,
      false,
    ])
  })
})
