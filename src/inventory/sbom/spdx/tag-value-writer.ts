import { printable } from '#kit/text.ts'
import type { SbomDocument } from '../document.ts'
import { type SpdxAnnotation, type SpdxDocument, type SpdxLicence, type SpdxPackage, spdxOf } from './shape.ts'

/** SPDX 2.3 annex: one `Tag: value` on a line, sections set apart by empty lines. */
export function spdxTagValue(document: SbomDocument): string {
  const spdx = spdxOf(document)
  return [...sections(spdx)].map((section) => `${section.filter((line) => line !== undefined).join('\n')}\n`).join('\n')
}

type Lines = readonly (string | undefined)[]

function* sections(spdx: SpdxDocument): Generator<Lines> {
  yield documentLines(spdx)
  for (const annotation of spdx.annotations) yield annotationLines(annotation, spdx.SPDXID)
  for (const one of spdx.packages) {
    yield packageLines(one)
    for (const annotation of one.annotations) yield annotationLines(annotation, one.SPDXID)
  }
  for (const licence of spdx.hasExtractedLicensingInfos) yield licenceLines(licence)
  yield spdx.relationships.map(
    ({ spdxElementId, relationshipType, relatedSpdxElement }) =>
      `Relationship: ${spdxElementId} ${relationshipType} ${relatedSpdxElement}`,
  )
}

function documentLines({ creationInfo, ...spdx }: SpdxDocument): Lines {
  return [
    tag('SPDXVersion', spdx.spdxVersion),
    tag('DataLicense', spdx.dataLicense),
    tag('SPDXID', spdx.SPDXID),
    tag('DocumentName', spdx.name),
    tag('DocumentNamespace', spdx.documentNamespace),
    textTag('DocumentComment', spdx.comment),
    ...creationInfo.creators.map((creator) => tag('Creator', creator)),
    tag('Created', creationInfo.created),
  ]
}

function packageLines(one: SpdxPackage): Lines {
  return [
    tag('PackageName', one.name),
    tag('SPDXID', one.SPDXID),
    tag('PackageVersion', one.versionInfo),
    tag('PackageSupplier', one.supplier),
    tag('PackageDownloadLocation', one.downloadLocation),
    tag('FilesAnalyzed', 'false'),
    ...one.checksums.map(({ algorithm, checksumValue }) => tag('PackageChecksum', `${algorithm}: ${checksumValue}`)),
    textTag('PackageSourceInfo', one.sourceInfo),
    tag('PackageLicenseConcluded', one.licenseConcluded),
    tag('PackageLicenseDeclared', one.licenseDeclared),
    tag('PackageCopyrightText', one.copyrightText),
    textTag('PackageDescription', one.description),
    ...one.externalRefs.map(({ referenceCategory, referenceType, referenceLocator }) =>
      tag('ExternalRef', `${referenceCategory} ${referenceType} ${referenceLocator}`),
    ),
    tag('PrimaryPackagePurpose', one.primaryPackagePurpose?.replace('_', '-')),
  ]
}

function annotationLines({ annotator, annotationDate, annotationType, comment }: SpdxAnnotation, of: string): Lines {
  return [
    tag('Annotator', annotator),
    tag('AnnotationDate', annotationDate),
    tag('AnnotationType', annotationType),
    tag('SPDXREF', of),
    textTag('AnnotationComment', comment),
  ]
}

function licenceLines({ licenseId, extractedText, name }: SpdxLicence): Lines {
  return [tag('LicenseID', licenseId), textTag('ExtractedText', extractedText), tag('LicenseName', name)]
}

/** A value of one line. */
function tag(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${name}: ${lines(value).join(' ')}`
}

/** A value of any number of lines. The end mark cannot be written inside, in no way. */
function textTag(name: string, value: string | undefined): string | undefined {
  return value === undefined
    ? undefined
    : `${name}: <text>${lines(value).join('\n').replaceAll('</text>', '< /text>')}</text>`
}

/** What a terminal must not get is written as `\u{hex}`; what UTF-8 cannot hold is lost. */
function lines(text: string): string[] {
  return text.toWellFormed().split('\n').map(printable)
}
