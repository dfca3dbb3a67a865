import { jsonText } from '#kit/json.ts'
import type { SbomDocument } from '../document.ts'
import { type Bom, type BomComponent, type BomLicences, bomOf } from './shape.ts'
import { type CycloneDxVersion, hasOccurrences } from './versions.ts'

export function cycloneDxJson(document: SbomDocument, version: CycloneDxVersion): string {
  const bom = bomOf(document, version)
  return jsonText({
    $schema: `http://cyclonedx.org/schema/bom-${version}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion: version,
    serialNumber: bom.serialNumber,
    version: 1,
    metadata: {
      timestamp: bom.timestamp,
      tools: toolsOf(bom),
      component: bom.subject && componentOf(bom.subject),
      properties: someOf(bom.properties),
    },
    components: bom.components.map(componentOf),
    dependencies: someOf(bom.dependencies),
    compositions: bom.incomplete.length === 0 ? undefined : [{ aggregate: 'incomplete', assemblies: bom.incomplete }],
  })
}

function toolsOf({ tools, specVersion }: Bom): unknown {
  if (!hasOccurrences(specVersion)) return tools
  return { components: tools.map((tool) => ({ type: 'application', ...tool })) }
}

function componentOf({ type, ref, licences, occurrences, ...component }: BomComponent): unknown {
  const { publisher, group, name, version, description, hashes, cpe, purl, properties } = component
  return {
    type,
    'bom-ref': ref,
    publisher,
    group,
    name,
    version,
    description,
    hashes: someOf(hashes),
    licenses: someOf(licensesOf(licences)),
    cpe,
    purl,
    properties: someOf(properties),
    evidence: occurrences.length === 0 ? undefined : { occurrences: occurrences.map((location) => ({ location })) },
  }
}

function licensesOf(licences: BomLicences): readonly unknown[] {
  return 'expression' in licences ? [licences] : licences.single.map((license) => ({ license }))
}

/** An empty list says that there is none, which is more than we know. */
function someOf<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items
}
