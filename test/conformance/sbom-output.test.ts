/** What we write is what the official schemas ask for, for every image of ../shared/images. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import addFormatsModule from 'ajv-formats'
import { beforeAll, describe, expect, it } from 'vitest'
import { composeSbom } from '#inventory/sbom/compose.ts'
import { type CycloneDxVersion, cycloneDxVersions } from '#inventory/sbom/cyclonedx/versions.ts'
import type { SbomDocument } from '#inventory/sbom/document.ts'
import type { SbomFormatId } from '#inventory/sbom/format-ids.ts'
import { sbomWriters } from '#inventory/sbom/writers.ts'
import { describeShared, hasProgram, shared } from '../helpers/components.ts'
import { inventoryOfImage } from '../helpers/image-inventory.ts'
import { makeSbom } from '../helpers/sbom.ts'
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

async function sbomOf(image: string): Promise<SbomDocument> {
  const inventory = await inventoryOfImage(argumentOf(image))
  return composeSbom(inventory, origin)
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
    let document: SbomDocument = makeSbom()
    beforeAll(async () => {
      if (image !== 'the sample') document = await sbomOf(image)
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
