import type { SbomDocument, SbomProperty, SbomTool } from '../document.ts'
import { type Element, element, listElement, textElement, xmlDocument } from '../xml-text.ts'
import { type Bom, type BomComponent, type BomLicences, bomOf } from './shape.ts'
import { type CycloneDxVersion, hasOccurrences } from './versions.ts'

/** The schema prescribes the order of the elements. */
export function cycloneDxXml(document: SbomDocument, version: CycloneDxVersion): string {
  const bom = bomOf(document, version)
  const attributes = {
    xmlns: `http://cyclonedx.org/schema/bom/${version}`,
    serialNumber: bom.serialNumber,
    version: '1',
  }
  return xmlDocument(
    element(
      'bom',
      [
        metadataElement(bom),
        element('components', bom.components.map(componentElement)),
        listElement('dependencies', bom.dependencies.map(dependencyElement)),
        compositionsElement(bom.incomplete),
      ],
      attributes,
    ),
  )
}

function metadataElement({ timestamp, tools, subject, properties, specVersion }: Bom): Element {
  const inside = hasOccurrences(specVersion)
    ? [element('components', tools.map(toolComponent))]
    : tools.map((tool) => element('tool', nameAndVersion(tool)))
  return element('metadata', [
    textElement('timestamp', timestamp),
    element('tools', inside),
    subject && componentElement(subject),
    propertiesElement(properties),
  ])
}

function toolComponent(tool: SbomTool): Element {
  return element('component', nameAndVersion(tool), { type: 'application' })
}

function nameAndVersion({ name, version }: SbomTool): (Element | undefined)[] {
  return [element('name', name), textElement('version', version)]
}

function componentElement(component: BomComponent): Element {
  const { type, ref, hashes, occurrences } = component
  const content = [
    textElement('publisher', component.publisher),
    textElement('group', component.group),
    element('name', component.name),
    textElement('version', component.version),
    textElement('description', component.description),
    listElement(
      'hashes',
      hashes.map(({ alg, content: digest }) => element('hash', digest, { alg })),
    ),
    listElement('licenses', licenceElements(component.licences)),
    textElement('cpe', component.cpe),
    textElement('purl', component.purl),
    propertiesElement(component.properties),
    occurrences.length === 0 ? undefined : element('evidence', [element('occurrences', occurrences.map(occurrence))]),
  ]
  return element('component', content, { type, 'bom-ref': ref })
}

function occurrence(location: string): Element {
  return element('occurrence', [element('location', location)])
}

function licenceElements(licences: BomLicences): Element[] {
  if ('expression' in licences) return [element('expression', licences.expression)]
  return licences.single.map((licence) =>
    element('license', ['id' in licence ? element('id', licence.id) : element('name', licence.name)]),
  )
}

function propertiesElement(properties: readonly SbomProperty[]): Element | undefined {
  return listElement(
    'properties',
    properties.map(({ name, value }) => element('property', value, { name })),
  )
}

function dependencyElement({ ref, dependsOn }: Bom['dependencies'][number]): Element {
  const needed = dependsOn.map((id) => element('dependency', [], { ref: id }))
  return element('dependency', needed, { ref })
}

function compositionsElement(incomplete: Bom['incomplete']): Element | undefined {
  if (incomplete.length === 0) return undefined
  const assemblies = incomplete.map((ref) => element('assembly', [], { ref }))
  const content = [element('aggregate', 'incomplete'), element('assemblies', assemblies)]
  return element('compositions', [element('composition', content)])
}
