import { describe, expect, it } from 'vitest'
import { makePackage } from '../../../test/helpers/finding.ts'
import { makeSbom, sampleFacts } from '../../../test/helpers/sbom.ts'
import { compareSbom } from './compare.ts'
import type { SbomComponent, SbomDocument } from './document.ts'
import { packagesOf, type SbomContents } from './packages.ts'

function component(over: Partial<SbomComponent>): SbomComponent {
  const nothing = { licences: [], hashes: [], locations: [], properties: [], dependsOn: [] }
  return { id: over.purl ?? over.name ?? 'x', kind: 'package', name: 'x', ...nothing, ...over }
}

function contentsOf(components: readonly Partial<SbomComponent>[], over: Partial<SbomDocument> = {}): SbomContents {
  return packagesOf({ tools: [], unknowns: [], components: components.map(component), ...over })
}

describe('a package of a foreign SBOM', () => {
  it.each([
    ['pkg:npm/%40babel/core@7.0.0', {}, { ecosystem: 'npm', name: '@babel/core', version: '7.0.0' }],
    [
      'pkg:maven/org.example/buoy@1.0?type=jar',
      { name: 'buoy', group: 'org.example' },
      { ecosystem: 'maven', name: 'org.example:buoy' },
    ],
    ['pkg:pypi/pyyaml@6.0', { name: 'PyYAML' }, { ecosystem: 'pypi', name: 'PyYAML' }],
    [
      'pkg:golang/github.com/burntsushi/toml@v1.2.0',
      { name: 'github.com/BurntSushi/toml', version: '1.2.0' },
      { ecosystem: 'golang', name: 'github.com/BurntSushi/toml', version: '1.2.0' },
    ],
    ['pkg:gem/rails@7.0', { name: 'something else' }, { ecosystem: 'gem', name: 'rails' }],
    [
      'pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl%403.0.11',
      {},
      { ecosystem: 'deb', name: 'libssl3', architecture: 'amd64', source: { name: 'openssl', version: '3.0.11' } },
    ],
    ['pkg:deb/debian/bash@5.2-1', {}, { source: { name: 'bash', version: '5.2-1' } }],
    ['pkg:apk/alpine/libcrypto3@3.1-r0?upstream=openssl', {}, { source: { name: 'openssl', version: '3.1-r0' } }],
    [
      'pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?epoch=1&upstream=openssl-3.0.7-24.el9.src.rpm',
      { version: '3.0.7-24.el9' },
      { version: '1:3.0.7-24.el9', source: { name: 'openssl', version: '1:3.0.7-24.el9' } },
    ],
    ['pkg:rpm/redhat/nginx@1.22-1?modularitylabel=nginx:1.22:9030:9', {}, { module: 'nginx:1.22' }],
    ['pkg:generic/openssl@3.0', {}, { ecosystem: 'generic', name: 'openssl' }],
    ['pkg:npm/left', { version: '1.0.0' }, { version: '1.0.0', purl: 'pkg:npm/left@1.0.0' }],
  ])('%s', (purl, over, expected) => {
    const { packages, unknowns } = contentsOf([{ purl, ...over }])
    expect(unknowns).toEqual([])
    expect(packages).toMatchObject([expected])
  })

  it('has the source and the place that Trivy and Syft write beside the URL', () => {
    const properties = [
      { name: 'aquasecurity:trivy:SrcName', value: 'openssl' },
      { name: 'aquasecurity:trivy:SrcEpoch', value: '1' },
      { name: 'aquasecurity:trivy:SrcVersion', value: '3.0.11' },
      { name: 'aquasecurity:trivy:SrcRelease', value: '1' },
      { name: 'syft:location:0:path', value: '/var/lib/dpkg/status' },
      { name: 'aquasecurity:trivy:FilePath', value: 'app/x.json' },
    ]
    expect(contentsOf([{ purl: 'pkg:deb/debian/libssl3@3.0.11-1', properties }]).packages).toMatchObject([
      { source: { name: 'openssl', version: '1:3.0.11-1' }, locations: ['/var/lib/dpkg/status', '/app/x.json'] },
    ])
  })

  it('needs what it depends on by name, within its ecosystem', () => {
    const [left, right, other] = ['pkg:npm/left@1', 'pkg:npm/right@1', 'pkg:pypi/other@1']
    const components = [{ purl: left, dependsOn: [right, other, 'gone'] }, { purl: right }, { purl: other }]
    expect(contentsOf(components).packages[0]).toMatchObject({ name: 'left', dependencies: ['right'] })
  })
})

describe('what is no package', () => {
  it('is told when it could be one, and left alone when it is not meant to be', () => {
    const { packages, unknowns } = contentsOf([
      { name: 'a' },
      { name: 'b' },
      { purl: 'pkg:npm/no-version' },
      { purl: 'nonsense' },
      { purl: 'pkg:holodeck/x@1' },
      { kind: 'file', name: '/etc/passwd' },
      { kind: 'container', name: 'app', purl: 'pkg:oci/app@sha256:1' },
      { kind: 'other', name: 'package-lock.json' },
    ])
    expect(packages).toEqual([])
    expect(unknowns.map(({ reason }) => reason)).toEqual([
      '2 components with no package URL: not judged',
      '1 component with no version: not judged',
      '1 component with a malformed package URL: not judged',
      '1 component with a package URL of a type that is not known: not judged',
    ])
  })
})

describe('the distribution', () => {
  it.each([
    ['pkg:deb/debian/a@1?distro=debian-12', expect.objectContaining({ id: 'debian', versionId: '12' })],
    ['pkg:deb/debian/a@1?distro=debian-12.5', expect.objectContaining({ id: 'debian', versionId: '12.5' })],
    [
      'pkg:deb/debian/a@1?distro=bookworm',
      expect.objectContaining({ id: 'debian', versionId: '12', codename: 'bookworm' }),
    ],
    ['pkg:deb/ubuntu/a@1?distro=ubuntu-22.04', expect.objectContaining({ id: 'ubuntu', versionId: '22.04' })],
    ['pkg:deb/ubuntu/a@1?distro=jammy', expect.objectContaining({ id: 'ubuntu', versionId: '22.04' })],
    ['pkg:apk/alpine/a@1?distro=3.19.1', expect.objectContaining({ id: 'alpine', versionId: '3.19.1' })],
    ['pkg:apk/alpine/a@1?distro=alpine-3.19.1', expect.objectContaining({ id: 'alpine', versionId: '3.19.1' })],
    ['pkg:apk/wolfi/a@1?distro=wolfi', expect.objectContaining({ id: 'wolfi', versionId: undefined })],
    ['pkg:rpm/redhat/a@1?distro=redhat-9.3', expect.objectContaining({ id: 'rhel', versionId: '9.3' })],
    [
      'pkg:rpm/opensuse/a@1?distro=opensuse-leap-15.5',
      expect.objectContaining({ id: 'opensuse-leap', versionId: '15.5' }),
    ],
    ['pkg:rpm/almalinux/a@1?distro=alma-9.3', expect.objectContaining({ id: 'almalinux', versionId: '9.3' })],
    [
      'pkg:deb/debian/a@1?distro=debian-sid',
      expect.objectContaining({ id: 'debian', versionId: undefined, codename: 'sid' }),
    ],
    ['pkg:npm/a@1?distro=debian-12', undefined],
    ['pkg:deb/debian/a@1', undefined],
  ])('of %s', (purl, expected) => {
    const { distribution } = contentsOf([{ purl }])
    expect(distribution).toEqual(expected)
  })

  it('is the one that is listed, whatever the packages say', () => {
    const system = { kind: 'operating-system', name: 'RedHat', version: '8.9' } as const
    const { distribution } = contentsOf([system, { purl: 'pkg:deb/debian/a@1?distro=debian-12' }])
    expect(distribution).toMatchObject({ id: 'rhel', versionId: '8.9', name: 'RedHat 8.9' })
  })

  it('is the one of most packages, and that there are others is told', () => {
    const purls = ['a@1?distro=debian-12', 'b@1?distro=debian-12', 'c@1?distro=debian-11']
    const { distribution, unknowns } = contentsOf(purls.map((rest) => ({ purl: `pkg:deb/debian/${rest}` })))
    expect(distribution?.versionId).toBe('12')
    expect(unknowns).toEqual([
      { path: '/', reason: 'its packages are of 2 distributions: all are judged as debian 12' },
    ])
  })
})

describe('a comparison', () => {
  const [left, right] = ['left', 'Right'].map((name) => makePackage(name))

  it('tells what is listed only, and what is found only, each once', () => {
    const listed = [
      { purl: 'pkg:npm/left@1.0.0?arch=any' },
      { purl: 'pkg:npm/gone@1.0.0' },
      { purl: 'pkg:npm/left@2.0.0' },
    ]
    const document = { tools: [], unknowns: [], components: listed.map(component) }
    const { missing, extra } = compareSbom(
      document,
      [left, right, right].filter((one) => one !== undefined),
    )
    expect(missing.map(({ purl }) => purl)).toEqual(['pkg:npm/gone@1.0.0', 'pkg:npm/left@2.0.0'])
    expect(extra.map(({ purl }) => purl)).toEqual(['pkg:npm/Right@1.0.0'])
  })

  it('finds nothing in our own document of the same packages', () => {
    expect(compareSbom(makeSbom(), sampleFacts.packages)).toEqual({ missing: [], extra: [] })
  })
})
