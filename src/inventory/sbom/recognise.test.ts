import { describe, expect, it } from 'vitest'
import { isSbom } from './read.ts'

const spdx3 = JSON.stringify({ '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] })

describe('a bill of materials', () => {
  it.each([
    ['CycloneDX JSON with its name last', '{"components":[],"bomFormat":"CycloneDX"}'],
    ['CycloneDX XML', '<?xml version="1.0"?><!-- a --><bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>'],
    ['CycloneDX XML with a prefix', '<c:bom xmlns:c="http://cyclonedx.org/schema/bom/1.4"/>'],
    ['SPDX JSON', '{"SPDXID":"SPDXRef-DOCUMENT","spdxVersion":"SPDX-2.3"}'],
    ['SPDX 3 JSON-LD', spdx3],
    ['SPDX XML', '<Document><SPDXID>SPDXRef-DOCUMENT</SPDXID></Document>'],
    ['SPDX RDF', '<rdf:RDF xmlns:s="http://spdx.org/rdf/terms#" xmlns:rdf="urn:r"/>'],
    ['SPDX tag-value', 'SPDXVersion: SPDX-2.3\n'],
    ['SPDX YAML', 'SPDXID: "SPDXRef-DOCUMENT"\n'],
    ['Syft JSON', '{"artifacts":[],"descriptor":{"name":"syft"}}'],
    ['damaged CycloneDX JSON', '{"bomFormat": "CycloneDX", "components": ['],
    ['damaged CycloneDX XML', '<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>'],
  ])('is %s', (_, text) => {
    expect(isSbom(Buffer.from(text))).toBe(true)
  })

  it('may be UTF-16', () => {
    expect(isSbom(Buffer.from('\uFEFF{"bomFormat":"CycloneDX"}', 'utf16le'))).toBe(true)
  })

  it.each([
    ['a lock file', '{"lockfileVersion":3,"packages":{}}'],
    ['a lock file that holds one', '{"lockfileVersion":3,"packages":{"a":{"bomFormat":"CycloneDX"}}}'],
    ['a Maven project', '<project xmlns="http://maven.apache.org/POM/4.0.0"><artifactId>a</artifactId></project>'],
    ['another bom', '<bom xmlns="urn:other"/>'],
    ['any XML document', '<Document><Name/></Document>'],
    ['other JSON-LD', '{"@context":"https://schema.org","@graph":[]}'],
    ['damaged JSON', '{"packages":'],
    ['text', 'flask==2.0.1\n'],
    ['nothing', ''],
  ])('is not %s', (_, text) => {
    expect(isSbom(Buffer.from(text))).toBe(false)
  })
})
