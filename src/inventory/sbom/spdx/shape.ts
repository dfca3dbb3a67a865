import { createHash } from 'node:crypto'
import { contentUuid } from '../content-id.ts'
import type { ComponentKind, SbomComponent, SbomDocument, SbomProperty, SbomTool } from '../document.ts'
import { isLicenceExpression, licenceRef } from '../licence.ts'
import { propertyNames } from '../properties.ts'

/** A document as SPDX 2.3 arranges it, with the names of its JSON form. Absent members are left out. */
export interface SpdxDocument {
  readonly spdxVersion: 'SPDX-2.3'
  readonly dataLicense: 'CC0-1.0'
  readonly SPDXID: 'SPDXRef-DOCUMENT'
  readonly name: string
  readonly documentNamespace: string
  readonly comment: string | undefined
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] }
  readonly packages: readonly SpdxPackage[]
  readonly hasExtractedLicensingInfos: readonly SpdxLicence[]
  readonly relationships: readonly SpdxRelationship[]
  readonly annotations: readonly SpdxAnnotation[]
}

export interface SpdxPackage {
  readonly SPDXID: string
  readonly name: string
  readonly versionInfo: string | undefined
  readonly supplier: string | undefined
  readonly downloadLocation: 'NOASSERTION'
  readonly filesAnalyzed: false
  readonly checksums: readonly { readonly algorithm: string; readonly checksumValue: string }[]
  readonly sourceInfo: string | undefined
  readonly licenseConcluded: 'NOASSERTION'
  readonly licenseDeclared: string
  readonly copyrightText: 'NOASSERTION'
  readonly description: string | undefined
  readonly externalRefs: readonly SpdxReference[]
  readonly primaryPackagePurpose: 'CONTAINER' | 'OPERATING_SYSTEM' | 'FILE' | 'OTHER' | undefined
  readonly annotations: readonly SpdxAnnotation[]
}

export interface SpdxReference {
  readonly referenceCategory: 'PACKAGE-MANAGER' | 'SECURITY'
  readonly referenceType: 'purl' | 'cpe23Type'
  readonly referenceLocator: string
}

export interface SpdxLicence {
  readonly licenseId: string
  readonly extractedText: string
  readonly name: string
}

export interface SpdxRelationship {
  readonly spdxElementId: string
  readonly relationshipType: 'DESCRIBES' | 'CONTAINS' | 'DEPENDS_ON'
  readonly relatedSpdxElement: string
}

export interface SpdxAnnotation {
  readonly annotationDate: string
  readonly annotationType: 'OTHER'
  readonly annotator: string
  readonly comment: string
}

/** Begins the comment of an annotation; behind it are name and value pairs as JSON. */
export const propertiesMark = 'seawall:properties '

export function spdxOf(document: SbomDocument): SpdxDocument {
  const { subject, components, unknowns } = document
  const created = document.created ?? '1970-01-01T00:00:00Z'
  const creators = document.tools.map(creatorOf)
  const all = subject === undefined ? components : [subject, ...components]
  const note = (comment: string): SpdxAnnotation => ({
    annotationDate: created,
    annotationType: 'OTHER',
    annotator: creators[0] ?? 'Tool: seawall',
    comment,
  })
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: subject?.name ?? 'software',
    documentNamespace: `https://spdx.org/spdxdocs/${slug(subject?.name ?? 'software')}-${contentUuid(document)}`,
    comment:
      unknowns.length === 0 ? undefined : `Incomplete, could not be read: ${unknowns.length}; see the annotations.`,
    creationInfo: { created, creators: creators.length === 0 ? ['Tool: seawall'] : creators },
    packages: all.map((component) => spdxPackage(component, note)),
    hasExtractedLicensingInfos: extracted(all),
    relationships: relationshipsOf(document),
    annotations: unknowns.map(({ path, reason }) =>
      note(
        propertiesText([
          { name: propertyNames.unknown, value: path },
          { name: propertyNames.unknownReason, value: reason },
        ]),
      ),
    ),
  }
}

/** SPDX writes a tool as `name-version`. */
function creatorOf({ name, version }: SbomTool): string {
  return `Tool: ${name}${version === undefined ? '' : `-${version}`}`
}

const purposes: Readonly<Record<ComponentKind, SpdxPackage['primaryPackagePurpose']>> = {
  package: undefined,
  'operating-system': 'OPERATING_SYSTEM',
  container: 'CONTAINER',
  directory: 'OTHER',
  file: 'FILE',
  other: undefined,
}

const algorithms = { md5: 'MD5', sha1: 'SHA1', sha256: 'SHA256', sha384: 'SHA384', sha512: 'SHA512' } as const

function spdxPackage(component: SbomComponent, note: (comment: string) => SpdxAnnotation): SpdxPackage {
  const { name, version, supplier, hashes, licences, description } = component
  const properties = hiddenProperties(component)
  return {
    SPDXID: spdxId(component),
    name,
    versionInfo: version,
    supplier: supplier === undefined ? undefined : `Organization: ${supplier}`,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    checksums: hashes.map(({ algorithm, value }) => ({ algorithm: algorithms[algorithm], checksumValue: value })),
    sourceInfo: sourceInfo(component),
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: declaredLicence(licences),
    copyrightText: 'NOASSERTION',
    description,
    externalRefs: referencesOf(component),
    primaryPackagePurpose: purposes[component.kind],
    annotations: properties.length === 0 ? [] : [note(propertiesText(properties))],
  }
}

/** What SPDX has no field for. One licence is what `licenseDeclared` says; of several it says only what they come to. */
export function hiddenProperties({ locations, licences, properties }: SbomComponent): SbomProperty[] {
  const isSaid = licences.length < 2 || properties.some(({ name }) => name === propertyNames.licence)
  return [
    ...locations.map((value) => ({ name: propertyNames.location, value })),
    ...(isSaid ? [] : licences.map((value) => ({ name: propertyNames.licence, value }))),
    ...properties,
  ]
}

/** JSON in which nothing can end a text block of the tag-value form. */
function propertiesText(properties: readonly SbomProperty[]): string {
  const pairs = JSON.stringify(properties.map(({ name, value }) => [name, value]))
  return propertiesMark + pairs.replaceAll('<', String.raw`\u003c`)
}

function sourceInfo({ properties }: SbomComponent): string | undefined {
  const [name, version] = [propertyNames.sourceName, propertyNames.sourceVersion].map(
    (wanted) => properties.find((property) => property.name === wanted)?.value,
  )
  return name === undefined ? undefined : `built from the source package ${[name, version].filter(Boolean).join(' ')}`
}

/** All of them hold together. */
export function declaredLicence(licences: readonly string[]): string {
  const terms = licences.map((text) => (isLicenceExpression(text) ? text : licenceRef(text)))
  if (terms.length === 0) return 'NOASSERTION'
  if (terms.length === 1) return terms.join('')
  return terms.map((term) => (/ (?:OR|AND) /.test(term) ? `(${term})` : term)).join(' AND ')
}

/** Licences that are not SPDX expressions, each once. */
export function extracted(components: readonly SbomComponent[]): SpdxLicence[] {
  const texts = new Set(components.flatMap(({ licences }) => licences).filter((text) => !isLicenceExpression(text)))
  return [...texts].toSorted().map((text) => ({ licenseId: licenceRef(text), extractedText: text, name: text }))
}

function referencesOf({ purl, cpes = [] }: SbomComponent): SpdxReference[] {
  const security = cpes
    .filter((cpe) => cpe.startsWith('cpe:2.3:'))
    .map((cpe) => ({ referenceCategory: 'SECURITY', referenceType: 'cpe23Type', referenceLocator: cpe }) as const)
  if (purl === undefined) return security
  return [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }, ...security]
}

function relationshipsOf({ subject, components }: SbomDocument): SpdxRelationship[] {
  const ids = new Map(components.map((component) => [component.id, spdxId(component)]))
  const described = subject === undefined ? components : [subject]
  return [
    ...described.map((component) => relationship('SPDXRef-DOCUMENT', 'DESCRIBES', spdxId(component))),
    ...(subject === undefined ? [] : [...ids.values()].map((id) => relationship(spdxId(subject), 'CONTAINS', id))),
    ...components.flatMap((component) =>
      component.dependsOn.flatMap((id) => {
        const needed = ids.get(id)
        return needed === undefined ? [] : [relationship(spdxId(component), 'DEPENDS_ON', needed)]
      }),
    ),
  ]
}

function relationship(
  spdxElementId: string,
  relationshipType: SpdxRelationship['relationshipType'],
  relatedSpdxElement: string,
): SpdxRelationship {
  return { spdxElementId, relationshipType, relatedSpdxElement }
}

/** Readable, and unique because the id is. */
export function spdxId({ id, kind, name }: SbomComponent): string {
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 16)
  return `SPDXRef-${kind}-${slug(name)}-${digest}`
}

export function slug(text: string): string {
  const words = text.replaceAll(/[^A-Za-z0-9.]{1,2000}/g, '-').slice(0, 60)
  return words.replaceAll(/^[-.]{1,60}|[-.]{1,60}$/g, '') || 'unnamed'
}
