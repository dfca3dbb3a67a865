/** What we write is what the official schemas ask for, for every image of ../shared/images. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import addFormatsModule from 'ajv-formats'
import { beforeAll, describe, expect, it } from 'vitest'
import { composeSbom, type SbomFacts } from '#inventory/sbom/compose.ts'
import { type CycloneDxVersion, cycloneDxVersions } from '#inventory/sbom/cyclonedx/versions.ts'
import type { SbomDocument } from '#inventory/sbom/document.ts'
import { type SbomFormatId, sbomFormatIds } from '#inventory/sbom/format-ids.ts'
import { packagesOf } from '#inventory/sbom/packages.ts'
import { readSbom } from '#inventory/sbom/read.ts'
import { sbomWriters } from '#inventory/sbom/writers.ts'
import type { Package } from '#model/package.ts'
import { describeShared, hasProgram, shared } from '../helpers/components.ts'
import { inventoryOfImage } from '../helpers/image-inventory.ts'
import { makeSbom, sampleFacts } from '../helpers/sbom.ts'
import { temporaryDirectory } from '../helpers/seawall.ts'
import { faultsOfGraph, readModel } from '../helpers/spdx3-model.ts'

const addFormats = addFormatsModule.default
const schemas = (name: string) => shared('specs/cyclonedx/schema', name)
const rdf = (name: string) => shared('specs/spdx3/rdf', name)

function json(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
}

function cycloneDxValidator(version: CycloneDxVersion): ValidateFunction {
  const ajv = addFormats(new Ajv({ strict: false, validateFormats: true }))
  for (const name of ['spdx.schema.json', 'jsf-0.82.schema.json', 'cryptography-defs.schema.json']) {
    ajv.addSchema(json(schemas(name)))
  }
  ajv.addFormat('idn-email', /@/)
  ajv.addFormat('iri-reference', true)
  return ajv.compile(json(schemas(`bom-${version}.schema.json`)))
}

function spdxValidator(): ValidateFunction {
  return addFormats(new Ajv2019({ strict: false })).compile(json(shared('specs/spdx2/spdx-2.3-schema.json')))
}

const images = [
  ...['debian:12.15-slim', 'shop-api:1.4.2', 'go-edge:0.9.0', 'alma9-like:9.3'].map((name) => `oci/acme/${name}`),
  ...realImages(),
]

/** Those that are refused are refused by name in real-images.test.ts. */
function realImages(): string[] {
  try {
    const names = readdirSync(shared('images/real')).filter((name) => name.endsWith('.tar'))
    return names.filter((name) => name !== 'snyk-oci-alpine-3.12.0.tar').map((name) => `real/${name}`)
  } catch {
    return []
  }
}

function argumentOf(image: string): string {
  return image.startsWith('oci/') ? `oci:${shared('images/oci')}:${image.slice(4)}` : shared('images', image)
}

const origin = { created: new Date('2030-01-02T03:04:05Z'), tool: { name: 'seawall', version: '0' } }

async function factsOf(image: string): Promise<SbomFacts> {
  if (image === 'the sample') return writableAsXml(sampleFacts)
  return await inventoryOfImage(argumentOf(image))
}

/** XML 1.0 has no way to write an escape character. */
function writableAsXml(facts: SbomFacts): SbomFacts {
  return JSON.parse(JSON.stringify(facts).replaceAll(String.raw`\u001b`, '')) as SbomFacts
}

const outputs = sbomFormatIds.flatMap((format): [SbomFormatId, CycloneDxVersion][] =>
  format.startsWith('cyclonedx') ? cycloneDxVersions.map((version) => [format, version]) : [[format, '1.6']],
)

/** In an order of their own; nothing is told from an empty list, nor from blanks at the end of a build step. */
function comparable(packages: SbomFacts['packages']): unknown[] {
  const key = ({ purl, locations }: Package) => [purl, ...locations].join('\0')
  return packages
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    .map(({ dependencies = [], licences = [], hashes = [], layer, ...found }) => ({
      ...found,
      layer: layer && { ...layer, createdBy: layer.createdBy?.trim() },
      dependencies: dependencies.length === 0 ? undefined : dependencies.toSorted(),
      licences: licences.length === 0 ? undefined : licences,
      hashes: hashes.length === 0 ? undefined : hashes,
    }))
}

/** Where each format has its package URLs, without any reader of ours. */
const purlPlaces =
  /"(?:purl|referenceLocator|software_packageUrl)": "(?<json>pkg:[^"]+)"|<purl>(?<xml>[^<]+)|^ExternalRef: \S+ purl (?<tag>\S+)$/gm

function purlsIn(text: string): Set<string> {
  return new Set(
    [...text.matchAll(purlPlaces)].map(({ groups }) =>
      (groups?.['json'] ?? groups?.['xml'] ?? groups?.['tag'] ?? '').replaceAll('&amp;', '&'),
    ),
  )
}

function expectValid(validate: ValidateFunction, text: string): void {
  validate(JSON.parse(text))
  expect(validate.errors ?? []).toEqual([])
}

describeShared('an SBOM that we write', () => {
  const validators = new Map(cycloneDxVersions.map((version) => [version, cycloneDxValidator(version)]))
  const spdx = spdxValidator()
  const model = readModel(rdf('spdx-model.json-ld'), rdf('spdx-context.jsonld'))
  const write = (document: SbomDocument, format: SbomFormatId, version: CycloneDxVersion = '1.6') =>
    sbomWriters[format](document, version)

  it('is not called SPDX 3.0 when it is not', async () => {
    const text = await write(makeSbom(), 'spdx3-json')
    const wrong = [
      text.replace('"dependsOn"', '"needs"'),
      text.replace('"software_packageVersion"', '"version"'),
      text.replace('"type": "software_Package"', '"type": "Package"'),
      text.replace('2030-01-02T03:04:05Z', '2030-01-02'),
    ]
    expect(wrong.map((graph) => faultsOfGraph(JSON.parse(graph), model).length > 0)).toEqual([true, true, true, true])
  })

  describe.each(['the sample', ...images])('of %s', (image) => {
    let facts: SbomFacts = sampleFacts
    let document: SbomDocument = makeSbom()
    beforeAll(async () => {
      facts = await factsOf(image)
      document = composeSbom(facts, origin)
    })

    it.each(cycloneDxVersions)('is CycloneDX %s as JSON', async (version) => {
      const validate = validators.get(version)
      expectValid(validate ?? expect.fail(), await write(document, 'cyclonedx-json', version))
    })

    it('is SPDX 2.3 as JSON', async () => {
      expectValid(spdx, await write(document, 'spdx-json'))
    })

    it('is SPDX 3.0 by the classes and properties of its model', async () => {
      expect(faultsOfGraph(JSON.parse(await write(document, 'spdx3-json')), model)).toEqual([])
    })

    it('is read back as the same packages, whatever the format', async () => {
      for (const [format, version] of outputs) {
        const text = await write(document, format, version)
        const read = packagesOf(readSbom(Buffer.from(text), image))
        expect({ format, packages: read.packages }).toEqual({ format, packages: comparable(facts.packages) })
        expect(read.distribution).toEqual(facts.distribution)
        expect(read.unknowns).toEqual(facts.unknowns)
      }
    })

    it('names the same packages in every format', async () => {
      const expected = new Set([...[document.subject?.purl ?? []].flat(), ...facts.packages.map(({ purl }) => purl)])
      for (const [format, version] of outputs) {
        expect(purlsIn(await write(document, format, version))).toEqual(expected)
      }
    })

    it.skipIf(!hasProgram('xmllint'))('is CycloneDX of every version as XML (needs xmllint)', async () => {
      using directory = temporaryDirectory()
      for (const version of cycloneDxVersions) {
        const path = join(directory.path, `${version}.xml`)
        writeFileSync(path, await write(document, 'cyclonedx-xml', version))
        const args = ['--nonet', '--noout', '--schema', schemas(`bom-${version}.xsd`), path]
        const env = { ...process.env, XML_CATALOG_FILES: schemas('xmlcatalog.xml') }
        expect(() => execFileSync('xmllint', args, { env, stdio: 'pipe' })).not.toThrow()
      }
    })
  })
})
