import { childOf, childrenOf, textOf, type XmlElement } from '#kit/xml.ts'

type Members = Record<string, unknown>

/** The JSON arrangement of the RDF/XML form, where an element may be described inside whatever mentions it first. */
export function spdxRdfToJson(root: XmlElement): unknown {
  const described = everything(root)
  const ofClass = (name: string) => described.filter(({ localName }) => localName === name)
  const [document] = ofClass('SpdxDocument')
  const creation = childOf(childOf(document, 'creationInfo'), 'CreationInfo')
  const elements = [...(document === undefined ? [] : [document]), ...ofClass('Package'), ...ofClass('File')]
  return present({
    spdxVersion: textOf(document, 'specVersion'),
    dataLicense: licenceOf(childOf(document, 'dataLicense')),
    SPDXID: document && fragmentOf(document),
    name: textOf(document, 'name'),
    documentNamespace: document?.attributes['rdf:about']?.replace(/#.*$/s, ''),
    creationInfo: present({ created: textOf(creation, 'created'), creators: textsOf(creation, 'creator') }),
    packages: ofClass('Package').map(packageOf),
    files: ofClass('File').map((file) => ({
      SPDXID: fragmentOf(file),
      fileName: textOf(file, 'fileName'),
      checksums: checksumsOf(file),
    })),
    hasExtractedLicensingInfos: ofClass('ExtractedLicensingInfo').map((licence) =>
      present({
        licenseId: textOf(licence, 'licenseId') ?? fragmentOf(licence),
        extractedText: textOf(licence, 'extractedText'),
        name: textOf(licence, 'name'),
      }),
    ),
    relationships: elements.flatMap(relationshipsOf),
    annotations: document === undefined ? [] : annotationsOf(document),
  })
}

/** Every element of the document, parents first. */
function everything(root: XmlElement): XmlElement[] {
  const all: XmlElement[] = []
  collect(root, all)
  return all
}

function collect(element: XmlElement, all: XmlElement[]): void {
  all.push(element)
  for (const child of element.children) collect(child, all)
}

function packageOf(element: XmlElement): Members {
  const purpose = resourceOf(childOf(element, 'primaryPackagePurpose'))
  const analyzed = textOf(element, 'filesAnalyzed')
  return present({
    SPDXID: fragmentOf(element),
    name: textOf(element, 'name'),
    versionInfo: textOf(element, 'versionInfo'),
    downloadLocation: textOf(element, 'downloadLocation') ?? specialOf(childOf(element, 'downloadLocation')),
    filesAnalyzed: analyzed === undefined ? undefined : analyzed === 'true',
    supplier: textOf(element, 'supplier'),
    checksums: checksumsOf(element),
    licenseDeclared: licenceOf(childOf(element, 'licenseDeclared')),
    sourceInfo: textOf(element, 'sourceInfo'),
    description: textOf(element, 'description'),
    externalRefs: insideOf(element, 'externalRef', 'ExternalRef').map(externalReference),
    primaryPackagePurpose: purpose === '' ? undefined : constantOf(purpose),
    annotations: annotationsOf(element),
  })
}

function externalReference(element: XmlElement): Members {
  const type = childOf(element, 'referenceType')
  return present({
    referenceCategory: constantOf(resourceOf(childOf(element, 'referenceCategory'))).replace('_', '-'),
    referenceType: resourceOf(type) === '' ? type?.children[0]?.attributes['rdf:about'] : resourceOf(type),
    referenceLocator: textOf(element, 'referenceLocator'),
  })
}

function checksumsOf(element: XmlElement): Members[] {
  return insideOf(element, 'checksum', 'Checksum').map((checksum) => ({
    algorithm: algorithmOf(resourceOf(childOf(checksum, 'algorithm'))),
    checksumValue: textOf(checksum, 'checksumValue'),
  }))
}

/** `…#checksumAlgorithm_sha3_256` is SHA3-256, `…_blake2b384` is BLAKE2b-384. */
function algorithmOf(resource: string): string {
  const name = /checksumAlgorithm_(\w{1,40})$/.exec(resource)?.[1] ?? ''
  return name
    .toUpperCase()
    .replace(/^BLAKE2B_?/, 'BLAKE2b-')
    .replace(/^SHA3_/, 'SHA3-')
}

function annotationsOf(element: XmlElement): Members[] {
  return insideOf(element, 'annotation', 'Annotation').map((annotation) =>
    present({
      annotationDate: textOf(annotation, 'annotationDate'),
      annotationType: constantOf(resourceOf(childOf(annotation, 'annotationType'))),
      annotator: textOf(annotation, 'annotator'),
      comment: textOf(annotation, 'comment'),
    }),
  )
}

function relationshipsOf(element: XmlElement): Members[] {
  return insideOf(element, 'relationship', 'Relationship').map((relationship) => {
    const related = childOf(relationship, 'relatedSpdxElement')
    const resource = resourceOf(related)
    return {
      spdxElementId: fragmentOf(element),
      relationshipType: constantOf(resourceOf(childOf(relationship, 'relationshipType'))),
      relatedSpdxElement:
        resource === ''
          ? related?.children[0] && fragmentOf(related.children[0])
          : (specialOf(related) ?? fragment(resource)),
    }
  })
}

/** An expression of what is described by address, by text, or by nested sets. */
function licenceOf(property: XmlElement | undefined): string | undefined {
  if (property === undefined) return undefined
  const [inside] = property.children
  if (inside !== undefined) return expressionOf(inside)
  const resource = resourceOf(property)
  return specialOf(property) ?? (resource === '' ? property.text : lastPart(resource))
}

function expressionOf(element: XmlElement): string {
  const members = childrenOf(element, 'member').map((member) => licenceOf(member) ?? 'NOASSERTION')
  if (element.localName === 'ConjunctiveLicenseSet') return `(${members.join(' AND ')})`
  if (element.localName === 'DisjunctiveLicenseSet') return `(${members.join(' OR ')})`
  if (element.localName === 'OrLaterOperator') return `${licenceOf(childOf(element, 'member')) ?? ''}+`
  if (element.localName === 'WithExceptionOperator') {
    const exception = childOf(childOf(element, 'licenseException'), 'ListedLicenseException')
    const id = textOf(exception, 'licenseExceptionId') ?? lastPart(resourceOf(childOf(element, 'licenseException')))
    return `${licenceOf(childOf(element, 'member')) ?? ''} WITH ${id}`
  }
  return textOf(element, 'licenseId') ?? lastPart(element.attributes['rdf:about'] ?? '')
}

function insideOf(element: XmlElement, property: string, className: string): XmlElement[] {
  return childrenOf(element, property).flatMap((child) => childrenOf(child, className))
}

function textsOf(element: XmlElement | undefined, name: string): string[] {
  return childrenOf(element, name).map(({ text }) => text)
}

function resourceOf(element: XmlElement | undefined): string {
  return element?.attributes['rdf:resource'] ?? ''
}

/** Terms of the vocabulary that stand for a value of their own. */
function specialOf(element: XmlElement | undefined): string | undefined {
  const term = /^https?:\/\/spdx\.org\/rdf\/terms#(none|noassertion)$/i.exec(resourceOf(element))?.[1]
  return term?.toUpperCase()
}

/** `…#relationshipType_describedBy` is DESCRIBED_BY. */
function constantOf(resource: string): string {
  const name = /_(\w{1,60})$/.exec(fragment(resource).replace(/^[A-Za-z]+(?=_)/, ''))?.[1] ?? ''
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}

function fragmentOf(element: XmlElement): string {
  return fragment(element.attributes['rdf:about'] ?? '')
}

function fragment(address: string): string {
  return address.slice(address.lastIndexOf('#') + 1)
}

function lastPart(address: string): string {
  return /[^/#]{0,200}$/.exec(address)?.[0] ?? ''
}

function present(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
