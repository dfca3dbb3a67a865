/** Official documents are read or refused as they should be. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readSbom } from '#inventory/sbom/read.ts'
import { describeShared, shared } from '../helpers/components.ts'

const cycloneDx = shared('specs/cyclonedx/tools/src/test/resources')

function documents(folder: string): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /\.(?:json|xml)$/.test(name)).toSorted()
}

/** Documents that the specification calls invalid for what only a person can see, and those it calls valid by mistake. */
const all = documents(cycloneDx)
const invalid = all.filter((name) => name.includes('/invalid-'))
const valid = all.filter((name) => name.includes('/valid-'))

function read(path: string) {
  return readSbom(readFileSync(path), path)
}

describeShared('CycloneDX documents', () => {
  it.each(valid)('%s is read', (name) => {
    expect(read(`${cycloneDx}/${name}`).format).toMatch(/^CycloneDX 1\.[4-7] (?:JSON|XML)$/)
  })

  it.each(invalid)('%s is refused', (name) => {
    expect(() => read(`${cycloneDx}/${name}`)).toThrow(expect.objectContaining({ name: 'Problem', code: 'malformed' }))
  })
})

const spdx = shared('specs/spdx2-examples/tests/spdx/data')
const spdxDocuments = existsSync(spdx)
  ? readdirSync(spdx)
      .filter((name) => /spdx|json$/.test(name))
      .toSorted()
  : []
const invalidSpdx = existsSync(spdx) ? readdirSync(`${spdx}/invalid`) : []

describeShared('SPDX 2 documents', () => {
  it.each(spdxDocuments)('%s is read', (name) => {
    const { format, components } = read(`${spdx}/${name}`)
    expect(format).toMatch(/^SPDX 2\.[23] (?:JSON|XML|YAML|tag-value|RDF)$/)
    expect(components.length).toBeGreaterThan(0)
  })

  it.each(invalidSpdx)('%s is refused', (name) => {
    expect(() => read(`${spdx}/invalid/${name}`)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it.each(['JSON', 'XML', 'YAML', 'Tag', 'Rdf'])('the example says the same as %s', (form) => {
    const path = spdxDocuments.find((name) => name.startsWith(`SPDX${form}Example-v2.3`))
    const { subject, components } = read(`${spdx}/${path}`)
    const apache = components.find(({ name }) => name === 'Jena')
    expect(apache).toMatchObject({ version: '3.12.0', purl: 'pkg:maven/org.apache.jena/apache-jena@3.12.0' })
    expect(subject).toMatchObject({
      name: 'glibc',
      version: '2.11.1',
      supplier: expect.stringMatching(/^Jane Doe/),
      licences: [expect.stringMatching(/^\((?:LGPL-2.0-only AND LicenseRef-3|LicenseRef-3 AND LGPL-2.0-only)\)$/)],
    })
  })
})

describeShared('the SPDX 3 example', () => {
  const path = shared('specs/spdx3/examples/jsonld/package_sbom.json')

  it('is read', () => {
    const { format, components } = read(path)
    expect(format).toBe('SPDX 3.0.1 JSON-LD')
    expect(components).toMatchObject([{ name: 'my-package', version: '1.0.0' }])
  })

  it.each([
    ['another context', 'https://spdx.org/rdf/3.0.1/', 'https://example.org/'],
    ['a version that does not exist', '"specVersion": "3.0.1"', '"specVersion": "4"'],
    ['a date alone', '"created": "2024-03-06T00:00:00Z"', '"created": "2024-03-06"'],
    ['no document', '"type": "SpdxDocument"', '"type": "Bundle"'],
    ['a package without a name', '"name": "my-package",', ''],
    [
      'an identifier twice',
      'http://spdx.example.com/BOM1",\n            "creationInfo',
      'http://spdx.example.com/Package1",\n            "creationInfo',
    ],
    ['a relationship to nothing', '"to": [', '"unto": ['],
  ])('is refused with %s', (_, from, to) => {
    const text = readFileSync(path, 'utf8')
    const wrong = text.replace(from, to)
    expect(wrong).not.toBe(text)
    expect(() => readSbom(Buffer.from(wrong), path)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})
