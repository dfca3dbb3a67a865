import { Problem } from '#kit/errors.ts'
import type { XmlElement } from '#kit/xml.ts'
import type { SbomDocument } from '../document.ts'
import { readBomValue } from './value-reader.ts'
import { type XmlContent, type XmlList, XmlReader, type XmlShape, type XmlSpecial } from './xml-shape.ts'

/** Reads the root of an XML document. The JSON arrangement of it is what is checked. */
export function readCycloneDxXml(root: XmlElement, at: string): SbomDocument {
  const reader = new XmlReader(root, at)
  const version = /^http:\/\/cyclonedx\.org\/schema\/bom\/(1\.\d{1,2})$/.exec(namespaceOf(root))?.[1]
  if (version === undefined) throw new Problem('malformed', 'the namespace is not that of CycloneDX', { at })
  const value = reader.read(root, bom)
  const whole = { bomFormat: 'CycloneDX', specVersion: version, version: 1, ...(isObject(value) ? value : {}) }
  return readBomValue(whole, { at, form: 'XML' })
}

/** Of the root: the namespace that its own prefix stands for. */
function namespaceOf({ name, attributes }: XmlElement): string {
  const colon = name.indexOf(':')
  return attributes[colon === -1 ? 'xmlns' : `xmlns:${name.slice(0, colon)}`] ?? ''
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

const reference = { 'bom-ref': 'bom-ref' }

const attachment: XmlShape = { attributes: { 'content-type': 'contentType', encoding: 'encoding' }, text: 'content' }

/** An element that may be there any number of times, all of them one list: the others are not read. */
function ignoredAll(...names: readonly string[]): Record<string, XmlContent> {
  return Object.fromEntries(names.map((name) => [name, 'ignored']))
}

const entity: XmlSpecial = {
  // `url` and `contact` may be repeated.
  read: (element, reader) => ({ name: reader.children(element).find(({ localName }) => localName === 'name')?.text }),
}

const hash: XmlShape = { attributes: { alg: 'alg' }, text: 'content' }
const property: XmlShape = { attributes: { name: 'name' }, text: 'value' }
const hashes: XmlList = { each: 'hash', as: () => hash }
const properties: XmlList = { each: 'property', as: () => property }

const licence: XmlShape = {
  attributes: { ...reference, acknowledgement: 'acknowledgement' },
  children: () => ({ id: 'text', name: 'text', text: attachment, url: 'text', licensing: 'ignored', properties }),
}

const licences: XmlSpecial = {
  read: (element, reader) =>
    reader.children(element).map((child) => {
      if (child.localName === 'license') return { license: reader.read(child, licence) }
      if (child.localName === 'expression') return { expression: child.text }
      if (child.localName === 'expression-detailed') return { expression: child.attributes['expression'] }
      return reader.refuse(`<licenses> cannot hold <${child.localName}>`)
    }),
}

const externalReferences: XmlList = {
  each: 'reference',
  as: () => ({ attributes: { type: 'type' }, children: () => ({ url: 'text', comment: 'text', hashes, properties }) }),
}

const issue: XmlShape = {
  attributes: { type: 'type' },
  children: () => ({ id: 'text', name: 'text', description: 'text', ...ignoredAll('source', 'references') }),
}

const patch: XmlShape = {
  attributes: { type: 'type' },
  children: () => ({
    diff: { children: () => ({ text: attachment, url: 'text' }) },
    resolves: { each: 'issue', as: () => issue },
  }),
}

const swid: XmlShape = {
  attributes: { tagId: 'tagId', name: 'name', version: 'version', patch: 'patch' },
  booleans: ['patch'],
  children: () => ({ text: attachment, url: 'text' }),
}

const components: XmlList = { each: 'component', as: () => component }

const pedigree: XmlShape = {
  children: () => ({
    ancestors: components,
    descendants: components,
    variants: components,
    commits: 'ignored',
    patches: { each: 'patch', as: () => patch },
    notes: 'text',
  }),
}

/** `identity` may be repeated. */
const evidence: XmlSpecial = {
  read: (element, reader) => {
    const parts = reader.children(element)
    const [occurrences, own] = ['occurrences', 'licenses'].map((name) =>
      parts.find(({ localName }) => localName === name),
    )
    return {
      occurrences: occurrences && reader.children(occurrences).map((each) => reader.read(each, occurrence)),
      licenses: own && reader.read(own, licences),
    }
  },
}

const occurrence: XmlShape = {
  attributes: reference,
  children: () => ({ location: 'text', ...ignoredAll('line', 'offset', 'symbol', 'additionalContext') }),
}

const componentAttributes = { ...reference, type: 'type', 'mime-type': 'mime-type', isExternal: 'isExternal' }

/** `omniborId`, `swhid` and `data` may be repeated, and are not read. */
const component: XmlSpecial = {
  read: (element, reader) => {
    const single = { ...element, children: element.children.filter(({ localName }) => !repeated.has(localName)) }
    return reader.read(single, componentShape)
  },
}

const repeated = new Set(['omniborId', 'swhid', 'data'])

const componentShape: XmlShape = {
  attributes: componentAttributes,
  booleans: ['isExternal'],
  children: () => ({
    supplier: entity,
    manufacturer: entity,
    ...ignoredAll('authors', 'patentAssertions', 'releaseNotes', 'modelCard', 'cryptoProperties', 'tags'),
    author: 'text',
    publisher: 'text',
    group: 'text',
    name: 'text',
    version: 'text',
    versionRange: 'text',
    description: 'text',
    scope: 'text',
    copyright: 'text',
    cpe: 'text',
    purl: 'text',
    hashes,
    licenses: licences,
    swid,
    modified: 'boolean',
    pedigree,
    externalReferences,
    properties,
    components,
    evidence,
    signature: 'ignored',
  }),
}

const serviceData: XmlSpecial = {
  read: (element, reader) =>
    reader.children(element).map((child) => {
      if (child.localName === 'classification') {
        return { flow: child.attributes['flow'], classification: child.text }
      }
      const classification = reader.children(child).find(({ localName }) => localName === 'classification')
      return {
        flow: child.attributes['flow'] ?? classification?.attributes['flow'],
        classification: classification?.text,
      }
    }),
}

const services: XmlList = { each: 'service', as: () => service }

const service: XmlShape = {
  attributes: reference,
  children: () => ({
    provider: entity,
    group: 'text',
    name: 'text',
    version: 'text',
    description: 'text',
    trustZone: 'text',
    endpoints: { each: 'endpoint', as: () => 'text' },
    authenticated: 'boolean',
    'x-trust-boundary': 'boolean',
    data: serviceData,
    licenses: licences,
    externalReferences,
    services,
    properties,
    ...ignoredAll('patentAssertions', 'releaseNotes', 'tags', 'signature'),
  }),
}

/** Tools of version 1.4, or components and services. */
const tools: XmlSpecial = {
  read: (element, reader) => {
    const parts = reader.children(element)
    if (parts.every(({ localName }) => localName === 'tool')) return parts.map((part) => reader.read(part, tool))
    return reader.read(element, { children: () => ({ components, services }) })
  },
}

const tool: XmlShape = {
  children: () => ({ vendor: 'text', name: 'text', version: 'text', hashes, externalReferences }),
}

const metadata: XmlShape = {
  children: () => ({
    timestamp: 'text',
    lifecycles: 'ignored',
    tools,
    authors: 'ignored',
    component,
    manufacture: entity,
    manufacturer: entity,
    supplier: entity,
    licenses: licences,
    properties,
    distributionConstraints: 'ignored',
  }),
}

/** A `dependency` that holds the others that it needs or provides. */
const dependency: XmlSpecial = {
  read: (element, reader) => {
    const inner = reader.children(element)
    const refs = (name: string) =>
      inner.filter(({ localName }) => localName === name).map(({ attributes }) => attributes['ref'])
    const stranger = inner.find(({ localName }) => localName !== 'dependency' && localName !== 'provides')
    if (stranger !== undefined) reader.refuse(`<dependency> cannot hold <${stranger.localName}>`)
    return { ref: element.attributes['ref'], dependsOn: refs('dependency'), provides: refs('provides') }
  },
}

function refList(each: string): XmlSpecial {
  return {
    read: (element, reader) =>
      reader
        .children(element)
        .filter(({ localName }) => localName === each)
        .map(({ attributes }) => attributes['ref']),
  }
}

const composition: XmlShape = {
  attributes: reference,
  children: () => ({
    aggregate: 'text',
    assemblies: refList('assembly'),
    dependencies: refList('dependency'),
    vulnerabilities: refList('vulnerability'),
    signature: 'ignored',
  }),
}

const citation: XmlShape = {
  attributes: reference,
  children: () => ({
    pointers: { each: 'pointer', as: () => 'text' },
    expressions: { each: 'expression', as: () => 'text' },
    timestamp: 'text',
    attributedTo: 'text',
    process: 'text',
    note: 'text',
    signature: 'ignored',
  }),
}

const bom: XmlShape = {
  attributes: { serialNumber: 'serialNumber' },
  children: () => ({
    metadata,
    components,
    services,
    externalReferences,
    properties,
    dependencies: { each: 'dependency', as: () => dependency },
    compositions: { each: 'composition', as: () => composition },
    citations: { each: 'citation', as: () => citation },
    ...ignoredAll('vulnerabilities', 'annotations', 'formulation', 'declarations', 'definitions', 'signature'),
  }),
}
