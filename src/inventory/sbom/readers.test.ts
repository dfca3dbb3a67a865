import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { damaged, edits } from '../../../test/helpers/damage.ts'
import { makeSbom } from '../../../test/helpers/sbom.ts'
import type { SbomDocument } from './document.ts'
import { sbomFormatIds } from './format-ids.ts'
import { packagesOf } from './packages.ts'
import { readSbom } from './read.ts'
import { sbomWriters } from './writers.ts'

function read(text: string | Buffer | object): SbomDocument {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(typeof text === 'string' ? text : JSON.stringify(text))
  return readSbom(bytes, 'test')
}

const bom = { bomFormat: 'CycloneDX', specVersion: '1.6' }
const library = { type: 'library', name: 'left', version: '1.0.0', purl: 'pkg:npm/left@1.0.0' }
const spdx = {
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'app',
  documentNamespace: 'https://example.org/app',
  creationInfo: { created: '2030-01-01T00:00:00Z', creators: ['Tool: harbour-1.2'] },
}
const spdxPackage = {
  SPDXID: 'SPDXRef-left',
  name: 'left',
  versionInfo: '1.0.0',
  downloadLocation: 'NOASSERTION',
  externalRefs: [
    { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: 'pkg:npm/left@1.0.0' },
  ],
}

describe.each(sbomFormatIds)('an SBOM as %s', (format) => {
  const text = sbomWriters[format](makeSbom(), '1.6')

  it('names when, with what and about what it was made', async () => {
    expect(read(await text)).toMatchObject({
      created: '2030-01-02T03:04:05Z',
      tools: [{ name: 'seawall', version: '9.9.9' }],
      subject: { kind: 'container', name: 'ghcr.io/harbour/pilot:1.2' },
    })
  })

  it('is read with a byte order mark, and as UTF-16', async () => {
    const plain = packagesOf(read(await text))
    const marked = `\ufeff${await text}`
    expect(packagesOf(read(marked))).toEqual(plain)
    expect(packagesOf(read(Buffer.from(marked, 'utf16le')))).toEqual(plain)
    expect(packagesOf(read(Buffer.from(marked, 'utf16le').swap16()))).toEqual(plain)
  })

  it('is read or refused when it is damaged, and nothing else happens', async () => {
    const whole = Buffer.from(await text)
    fc.assert(
      fc.property(edits, (changes) => {
        try {
          packagesOf(read(damaged(whole, changes)))
        } catch (error) {
          expect(error).toBeInstanceOf(Problem)
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('CycloneDX', () => {
  it('has components inside components, and inside the subject', () => {
    const document = read({
      ...bom,
      metadata: { component: { type: 'container', name: 'app', components: [{ ...library, 'bom-ref': 'a' }] } },
      components: [{ ...library, name: 'right', components: [{ ...library, name: 'inner' }] }],
    })
    expect(document.components.map(({ name }) => name)).toEqual(['left', 'right', 'inner'])
  })

  it.each([
    [
      'the same bom-ref twice',
      { components: [{ ...library, 'bom-ref': 'a', components: [{ ...library, 'bom-ref': 'a' }] }] },
    ],
    ['an unknown member', { components: [{ ...library, licence: 'MIT' }] }],
    [
      'a licence with id and name',
      { components: [{ ...library, licenses: [{ license: { id: 'MIT', name: 'MIT' } }] }] },
    ],
    ['a hash of odd length', { components: [{ ...library, hashes: [{ alg: 'MD5', content: 'abc' }] }] }],
    ['a date alone', { metadata: { timestamp: '2030-01-01' } }],
    ['a composition of no kind', { compositions: [{ aggregate: 'nearly' }] }],
    ['a dependency of nothing', { dependencies: [{ dependsOn: [] }] }],
    ['an unknown type of reference', { externalReferences: [{ type: 'gossip', url: 'https://example.org' }] }],
  ])('is refused with %s', (_, members) => {
    expect(() => read({ ...bom, ...members })).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it.each([
    ['an element of another format inside', '<component type="library"><name>a</name><bogus/></component>'],
    ['a name twice', '<component type="library"><name>a</name><name>b</name></component>'],
    ['no type', '<component><name>a</name></component>'],
    ['a stranger in a list', '<property name="a">b</property>'],
  ])('as XML is refused with %s', (_, inside) => {
    const text = `<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>${inside}</components></bom>`
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it('as XML may have a prefix, and elements of others', () => {
    const text = `<c:bom xmlns:c="http://cyclonedx.org/schema/bom/1.5" xmlns:x="urn:x"><c:components>
      <c:component type="library"><c:name>a</c:name><x:name>b</x:name><c:version>1</c:version></c:component>
    </c:components></c:bom>`
    expect(read(text)).toMatchObject({ format: 'CycloneDX 1.5 XML', components: [{ name: 'a', version: '1' }] })
  })

  it('needs versions before 1.4, and mixes licences from 1.7', () => {
    const unversioned = { type: 'library', name: 'a' }
    const of = (specVersion: string, component: object) => () =>
      read({ ...bom, version: 1, specVersion, components: [component] })
    expect(of('1.3', unversioned)).toThrow('components.0.version')
    expect(of('1.4', unversioned)().components).toHaveLength(1)
    const mixed = { ...unversioned, licenses: [{ license: { id: 'MIT' } }, { expression: 'MIT OR Zlib' }] }
    expect(of('1.6', mixed)).toThrow('an expression stands alone')
    expect(of('1.7', mixed)().components[0]?.licences).toEqual(['MIT', 'MIT OR Zlib'])
  })
})

describe('SPDX 2', () => {
  it('tells dependencies either way, and licences by their name', () => {
    const document = read({
      ...spdx,
      packages: [
        { ...spdxPackage, licenseDeclared: 'LicenseRef-own' },
        { ...spdxPackage, SPDXID: 'SPDXRef-right', name: 'right', licenseDeclared: 'NOASSERTION' },
      ],
      hasExtractedLicensingInfos: [
        { licenseId: 'LicenseRef-own', extractedText: 'do as you like', name: 'Own licence' },
      ],
      relationships: [
        { spdxElementId: 'SPDXRef-right', relationshipType: 'DEPENDENCY_OF', relatedSpdxElement: 'SPDXRef-left' },
        { spdxElementId: 'SPDXRef-right', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'SPDXRef-left' },
        { spdxElementId: 'SPDXRef-right', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'SPDXRef-gone' },
      ],
    })
    expect(document.components).toMatchObject([
      { id: 'SPDXRef-left', dependsOn: ['SPDXRef-right'], licences: ['Own licence'] },
      { id: 'SPDXRef-right', dependsOn: ['SPDXRef-left'], licences: [] },
    ])
  })

  it.each([
    ['a version to come', { spdxVersion: 'SPDX-2.9' }],
    ['an identifier twice', { packages: [spdxPackage, spdxPackage] }],
    ['an identifier of odd letters', { packages: [{ ...spdxPackage, SPDXID: 'SPDXRef-a b' }] }],
    ['no place of download', { packages: [{ SPDXID: 'SPDXRef-a', name: 'a' }] }],
    ['a file without a checksum', { files: [{ SPDXID: 'SPDXRef-f', fileName: './f' }] }],
    [
      'a relationship of no kind',
      {
        relationships: [
          { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBE', relatedSpdxElement: 'SPDXRef-a' },
        ],
      },
    ],
    ['a namespace with a fragment', { documentNamespace: 'https://example.org/#a' }],
    ['nobody who made it', { creationInfo: { ...spdx.creationInfo, creators: [] } }],
    ['another licence for its data', { dataLicense: 'MIT' }],
  ])('is refused with %s', (_, members) => {
    expect(() => read({ ...spdx, ...members })).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  const head =
    'SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: a\nDocumentNamespace: urn:a\nCreator: Tool: a\nCreated: 2030-01-01T00:00:00Z\n'

  it.each([
    ['no end of a text', `${head}DocumentComment: <text>for ever`],
    ['a tag in a wrong place', `${head}PackageVersion: 1`],
    ['a tag twice', `${head}PackageName: a\nPackageVersion: 1\nPackageVersion: 2`],
    ['a line without a tag', `${head}what is this`],
    ['half a relationship', `${head}Relationship: SPDXRef-DOCUMENT DESCRIBES`],
  ])('as tag-value is refused with %s', (_, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})

describe('Syft JSON', () => {
  const syft = {
    artifacts: [
      {
        id: '1',
        name: 'libssl3',
        version: '3.0.11-1',
        type: 'deb',
        locations: [{ path: '/var/lib/dpkg/status', layerID: 'sha256:1' }],
        licenses: [{ value: 'OpenSSL', spdxExpression: '', type: 'declared' }, 'MIT'],
        cpes: [{ cpe: 'cpe:2.3:a:openssl:openssl:3.0.11:*:*:*:*:*:*:*' }],
        purl: 'pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl',
      },
      { id: '2', name: 'libc6', version: '2.36', purl: 'pkg:deb/debian/libc6@2.36?distro=debian-12' },
    ],
    artifactRelationships: [{ parent: '2', child: '1', type: 'dependency-of' }],
    source: { type: 'image', name: 'pilot', version: 'sha256:2', metadata: {} },
    distro: { prettyName: 'Debian GNU/Linux 12 (bookworm)', id: 'debian', versionID: '12', idLike: [] },
    descriptor: { name: 'syft', version: '1.2.3' },
    schema: { version: '16.0.0', url: 'https://example.org' },
  }

  it('is read', () => {
    const document = read(syft)
    expect(document).toMatchObject({ format: 'Syft JSON 16.0.0', tools: [{ name: 'syft', version: '1.2.3' }] })
    expect(packagesOf(document)).toMatchObject({
      distribution: { id: 'debian', versionId: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
      packages: [
        { name: 'libc6', locations: [] },
        {
          name: 'libssl3',
          source: { name: 'openssl', version: '3.0.11-1' },
          architecture: 'amd64',
          licences: ['OpenSSL', 'MIT'],
          dependencies: ['libc6'],
          locations: ['/var/lib/dpkg/status'],
        },
      ],
      unknowns: [],
    })
  })

  it('is refused without a name', () => {
    expect(() => read({ ...syft, artifacts: [{ id: '1', version: '1' }] })).toThrow('artifacts.0.name')
  })
})

describe('the worst of documents', () => {
  const many = (count: number, make: (number: number) => string) =>
    Array.from({ length: count }, (_, n) => make(n)).join()
  const components = (text: string) => `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[${text}]}`

  it.each<[string, () => string, RegExp | undefined]>([
    ['depth', () => '{"a":'.repeat(1_000_000), /deeper than 1000/],
    [
      'components in components',
      () => components(`${'{"type":"library","name":"a","components":['.repeat(450)}${']}'.repeat(450)}`),
      undefined,
    ],
    [
      'many components',
      () => components(many(80_000, (n) => `{"type":"library","name":"${n}","bom-ref":"${n}"}`)),
      undefined,
    ],
    [
      'dependencies on everything',
      () =>
        `{"bomFormat":"CycloneDX","specVersion":"1.6","dependencies":[${many(400, (n) => `{"ref":"${n}","dependsOn":[${many(1000, (m) => `"${m}"`)}]}`)}]}`,
      undefined,
    ],
    ['tags', () => `SPDXVersion: SPDX-2.3\n${'PackageName: a\n'.repeat(500_001)}`, /more than 500000 tags/],
    ['comments', () => `SPDXVersion: SPDX-2.3\n${'#\n'.repeat(2_000_000)}`, /dataLicense/],
    ['one line', () => `SPDXVersion: ${' '.repeat(8_000_000)}x`, /spdxVersion/],
    [
      'texts without an end',
      () => `SPDXVersion: SPDX-2.3\n${'PackageName: <text>\n'.repeat(100_000)}`,
      /without an end/,
    ],
    ['elements', () => `<rdf:RDF>${'<a/>'.repeat(400_000)}</rdf:RDF>`, /spdxVersion/],
  ])('%s', (_, make, refusal) => {
    const text = make()
    const started = performance.now()
    const outcome = outcomeOf(() => packagesOf(read(text)))
    expect(performance.now() - started).toBeLessThan(8000)
    expect(outcome).toMatch(refusal ?? /^read$/)
  })
})

function outcomeOf(work: () => unknown): string {
  try {
    work()
    return 'read'
  } catch (error) {
    return error instanceof Problem ? error.message : String(error)
  }
}
