import { contentUuid } from '../content-id.ts'
import type { ComponentKind, SbomComponent, SbomDocument, SbomProperty } from '../document.ts'
import { isLicenceExpression, isLicenceId } from '../licence.ts'
import { propertyNames } from '../properties.ts'
import { type CycloneDxVersion, hasOccurrences } from './versions.ts'

/** A document as CycloneDX arranges it, before it becomes JSON or XML. Absent members are left out of both. */
export interface Bom {
  readonly specVersion: CycloneDxVersion
  readonly serialNumber: string
  readonly timestamp: string | undefined
  readonly tools: SbomDocument['tools']
  readonly subject: BomComponent | undefined
  readonly properties: readonly SbomProperty[]
  readonly components: readonly BomComponent[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
  /** What is known to be less than everything: ids of components whose parts are not all listed. */
  readonly incomplete: readonly string[]
}

export interface BomComponent {
  readonly type: 'library' | 'operating-system' | 'container' | 'application' | 'file'
  readonly ref: string
  readonly publisher: string | undefined
  readonly group: string | undefined
  readonly name: string
  readonly version: string | undefined
  readonly description: string | undefined
  readonly hashes: readonly { readonly alg: string; readonly content: string }[]
  readonly licences: BomLicences
  readonly cpe: string | undefined
  readonly purl: string | undefined
  readonly properties: readonly SbomProperty[]
  readonly occurrences: readonly string[]
}

/** Before version 1.7 a component has one expression or any number of single licences. */
export type BomLicences =
  | { readonly expression: string }
  | { readonly single: readonly ({ readonly id: string } | { readonly name: string })[] }

export function bomOf(document: SbomDocument, version: CycloneDxVersion): Bom {
  const { created, tools, subject, components, unknowns } = document
  return {
    specVersion: version,
    serialNumber: `urn:uuid:${contentUuid(document)}`,
    timestamp: created,
    tools,
    subject: subject && bomComponent(subject, version),
    properties: unknownProperties(unknowns),
    components: components.map((component) => bomComponent(component, version)),
    dependencies: components
      .filter(({ dependsOn }) => dependsOn.length > 0)
      .map(({ id, dependsOn }) => ({ ref: id, dependsOn })),
    incomplete: unknowns.length === 0 || subject === undefined ? [] : [subject.id],
  }
}

function unknownProperties(unknowns: SbomDocument['unknowns']): SbomProperty[] {
  return unknowns.flatMap(({ path, reason }, at) => [
    { name: `${propertyNames.unknown}:${at}:path`, value: path },
    { name: `${propertyNames.unknown}:${at}:reason`, value: reason },
  ])
}

const types: Readonly<Record<ComponentKind, BomComponent['type']>> = {
  package: 'library',
  'operating-system': 'operating-system',
  container: 'container',
  directory: 'application',
  file: 'file',
  other: 'library',
}

const algorithms = { md5: 'MD5', sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const

function bomComponent(component: SbomComponent, version: CycloneDxVersion): BomComponent {
  const { locations, cpes = [] } = component
  const places = locations.map((value) => ({ name: propertyNames.location, value }))
  // There is room for one.
  const properties = [...cpes.slice(1).map((value) => ({ name: propertyNames.cpe, value })), ...component.properties]
  return {
    type: types[component.kind],
    ref: component.id,
    publisher: component.supplier,
    group: groupOf(component),
    name: nameOf(component),
    version: component.version,
    description: component.description,
    hashes: component.hashes.map(({ algorithm, value }) => ({ alg: algorithms[algorithm], content: value })),
    licences: licencesOf(component.licences),
    cpe: cpes[0],
    purl: component.purl,
    properties: hasOccurrences(version) ? properties : [...places, ...properties],
    occurrences: hasOccurrences(version) ? locations : [],
  }
}

/** Maven's `group:artifact` is the one name that everybody writes in two fields. */
function groupOf({ group, name, purl }: SbomComponent): string | undefined {
  return group ?? (isMaven(purl) ? /^([^:]{1,1000}):/.exec(name)?.[1] : undefined)
}

function nameOf(component: SbomComponent): string {
  const group = component.group === undefined ? groupOf(component) : undefined
  return group === undefined ? component.name : component.name.slice(group.length + 1)
}

function isMaven(purl: string | undefined): boolean {
  return purl?.startsWith('pkg:maven/') === true
}

function licencesOf(licences: readonly string[]): BomLicences {
  const [first] = licences
  const isOneExpression = licences.length === 1 && first !== undefined && !isLicenceId(first)
  if (isOneExpression && isLicenceExpression(first)) return { expression: first }
  return { single: licences.map((text) => (isLicenceId(text) ? { id: text } : { name: text })) }
}
