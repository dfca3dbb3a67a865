import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseValue } from '#kit/json.ts'
import type { PackageHash, Unknown } from '#model/package.ts'
import type { ComponentKind, SbomComponent, SbomDocument, SbomProperty, SbomTool } from '../document.ts'
import { parseItems } from '../items.ts'
import { propertyNames } from '../properties.ts'
import { File, Package, Relationship, SpdxValue } from './schema.ts'
import { propertiesMark } from './shape.ts'

type PackageValue = SpdxValue['packages'][number]
type Annotations = NonNullable<SpdxValue['annotations']>

/** What a document says, from its JSON arrangement. Throws `malformed` when it breaks the specification. */
export function readSpdxValue(
  value: unknown,
  { at, form }: { readonly at: string; readonly form: string },
): SbomDocument {
  const spdx = parseDocument(value, at)
  checkIdentifiers(spdx, at)
  const { packages, annotations = [], creationInfo } = spdx
  const licences = licenceNames(spdx)
  const needs = dependencies(spdx)
  const subject = subjectOf(spdx)
  const components = packages.map((one) => componentOf(one, { licences, dependsOn: needs.get(one.SPDXID) ?? [] }))
  return {
    format: `SPDX ${spdx.spdxVersion.slice('SPDX-'.length)} ${form}`,
    created: creationInfo.created,
    tools: creationInfo.creators.flatMap(toolOf),
    subject: components.find(({ id }) => id === subject),
    components: components.filter(({ id }) => id !== subject),
    unknowns: unknownsOf(annotations),
  }
}

function parseDocument(value: unknown, at: string): SpdxValue {
  const spdx = parseValue(SpdxValue, value, at)
  return {
    ...spdx,
    packages: parseItems(Package, spdx.packages, { member: 'packages', at }),
    files: parseItems(File, spdx.files, { member: 'files', at }),
    relationships: parseItems(Relationship, spdx.relationships, { member: 'relationships', at }),
  }
}

/** An identifier names one thing in a document. */
function checkIdentifiers({ SPDXID, packages, files, snippets = [] }: SpdxValue, at: string): void {
  const seen = new Set<string>([SPDXID])
  for (const { SPDXID: id } of [...packages, ...files, ...snippets]) {
    if (seen.has(id)) throw new Problem('malformed', `the identifier ${id.slice(0, 200)} is used twice`, { at })
    seen.add(id)
  }
}

function licenceNames({ hasExtractedLicensingInfos = [] }: SpdxValue): ReadonlyMap<string, string> {
  return new Map(
    hasExtractedLicensingInfos.map(({ licenseId, name, extractedText }) => {
      const isNamed = name !== undefined && name !== '' && name !== 'NOASSERTION'
      return [licenseId, isNamed ? name : extractedText.length <= 200 ? extractedText : licenseId]
    }),
  )
}

function dependencies({ relationships, packages }: SpdxValue): ReadonlyMap<string, readonly string[]> {
  const known = new Set(packages.map(({ SPDXID }) => SPDXID))
  const needs = new Map<string, Set<string>>()
  for (const { spdxElementId, relationshipType, relatedSpdxElement } of relationships) {
    const isReversed = relationshipType === 'DEPENDENCY_OF' || relationshipType === 'RUNTIME_DEPENDENCY_OF'
    if (relationshipType !== 'DEPENDS_ON' && !isReversed) continue
    const [from, to] = isReversed ? [relatedSpdxElement, spdxElementId] : [spdxElementId, relatedSpdxElement]
    if (!known.has(from) || !known.has(to)) continue
    const own = needs.get(from) ?? new Set()
    needs.set(from, own.add(to))
  }
  return new Map([...needs].map(([from, own]) => [from, [...own].toSorted()]))
}

/** What the document is about, when that is one package among others. */
function subjectOf({ SPDXID, relationships, documentDescribes = [], packages }: SpdxValue): string | undefined {
  const related = relationships.flatMap(({ spdxElementId, relationshipType, relatedSpdxElement }) => {
    if (relationshipType === 'DESCRIBES' && spdxElementId === SPDXID) return [relatedSpdxElement]
    return relationshipType === 'DESCRIBED_BY' && relatedSpdxElement === SPDXID ? [spdxElementId] : []
  })
  const described = new Set([...documentDescribes, ...related])
  const [only, ...others] = packages.filter((one) => described.has(one.SPDXID))
  if (only === undefined || others.length > 0) return undefined
  return packages.length > 1 || only.primaryPackagePurpose === 'CONTAINER' ? only.SPDXID : undefined
}

interface Surroundings {
  readonly licences: ReadonlyMap<string, string>
  readonly dependsOn: readonly string[]
}

function componentOf(value: PackageValue, { licences, dependsOn }: Surroundings): SbomComponent {
  const { SPDXID, name, versionInfo, supplier, externalRefs = [], checksums = [], annotations = [] } = value
  const ofType = (pattern: RegExp) =>
    externalRefs.filter(({ referenceType }) => pattern.test(referenceType)).map((ref) => ref.referenceLocator)
  const cpes = ofType(/(?:^|\/)cpe2[23]Type$/)
  return {
    id: SPDXID,
    kind: kindOf(value, ofType(/(?:^|\/)purl$/).length > 0),
    name,
    version: versionInfo === '' || versionInfo === 'NOASSERTION' ? undefined : versionInfo,
    description: value.description,
    purl: ofType(/(?:^|\/)purl$/)[0],
    cpes: cpes.length === 0 ? undefined : cpes,
    supplier:
      supplier === undefined || supplier === 'NOASSERTION' ? undefined : supplier.replace(/^[A-Za-z]+: {0,10}/, ''),
    licences: declared(value.licenseDeclared, licences),
    hashes: checksums.flatMap(hashOf),
    locations: [],
    properties: [...propertiesOf(annotations), ...trivySource(value.sourceInfo)],
    dependsOn,
  }
}

function kindOf({ primaryPackagePurpose: purpose, versionInfo }: PackageValue, hasPurl: boolean): ComponentKind {
  if (purpose === 'OPERATING-SYSTEM' || purpose === 'OPERATING_SYSTEM') return 'operating-system'
  if (purpose === 'CONTAINER') return 'container'
  if (purpose === 'FILE' || purpose === 'SOURCE') return hasPurl ? 'package' : 'other'
  return purpose === 'APPLICATION' && !hasPurl && versionInfo === undefined ? 'other' : 'package'
}

/** One statement; a licence that is only in this document goes by its name. */
function declared(expression: string | undefined, names: ReadonlyMap<string, string>): string[] {
  if (expression === undefined || expression === '' || expression === 'NONE' || expression === 'NOASSERTION') return []
  return [names.get(expression) ?? expression]
}

const algorithms: Readonly<Record<string, readonly [PackageHash['algorithm'], digits: number]>> = {
  MD5: ['md5', 32],
  SHA1: ['sha1', 40],
  SHA256: ['sha256', 64],
  SHA384: ['sha384', 96],
  SHA512: ['sha512', 128],
}

function hashOf({ algorithm, checksumValue }: { algorithm: string; checksumValue: string }): PackageHash[] {
  const [known, digits] = algorithms[algorithm] ?? []
  return known === undefined || checksumValue.length !== digits
    ? []
    : [{ algorithm: known, value: checksumValue.toLowerCase() }]
}

const Pairs = z.array(z.tuple([z.string(), z.string()]))

/** What we wrote into annotations; anybody else's are left alone. */
function propertiesOf(annotations: Annotations): SbomProperty[] {
  return annotations.flatMap(({ comment }) => {
    if (!comment.startsWith(propertiesMark)) return []
    const pairs = Pairs.safeParse(parsed(comment.slice(propertiesMark.length)))
    return pairs.success ? pairs.data.map(([name, value]) => ({ name, value })) : []
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Trivy writes the source package of a system package into a sentence. */
function trivySource(sourceInfo: string | undefined): SbomProperty[] {
  const [, name, version] = /^built package from: (\S{1,400}) (\S{1,400})$/.exec(sourceInfo ?? '') ?? []
  if (name === undefined || version === undefined) return []
  return [
    { name: 'aquasecurity:trivy:SrcName', value: name },
    { name: 'aquasecurity:trivy:SrcVersion', value: version },
  ]
}

/** `Tool: name-version`; the version is what follows the last dash before a digit. */
function toolOf(creator: string): SbomTool[] {
  const [, tool] = /^Tool: {0,10}(.{1,1000})$/.exec(creator) ?? []
  const [, name, version] = /^(.{1,900}?)-v?(\d.{0,99})$/.exec(tool ?? '') ?? []
  if (tool === undefined) return []
  return [name === undefined ? { name: tool } : { name, version }]
}

function unknownsOf(annotations: Annotations): Unknown[] {
  return annotations.flatMap((annotation) => {
    const properties = propertiesOf([annotation])
    const value = (wanted: string) => properties.find(({ name }) => name === wanted)?.value
    const [path, reason] = [value(propertyNames.unknown), value(propertyNames.unknownReason)]
    return path === undefined || reason === undefined ? [] : [{ path, reason }]
  })
}
