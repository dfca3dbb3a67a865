import { Problem } from '#kit/errors.ts'

type Members = Record<string, unknown>

/** As many as a JSON document may have values. */
const tagsLimit = 500_000

/** The JSON arrangement of a document in tag-value form. Throws `malformed` for what is not `Tag: value`. */
export function tagValueToJson(text: string, at: string): unknown {
  const assembly = new Assembly(at)
  let tags = 0
  for (const { tag, value } of tagsOf(text, at)) {
    tags += 1
    if (tags > tagsLimit) throw new Problem('limit_exceeded', `more than ${tagsLimit} tags`, { at })
    assembly.add(tag, value)
  }
  return assembly.document
}

interface Tag {
  readonly tag: string
  readonly value: string
}

const open = '<text>'
const close = '</text>'

function* tagsOf(text: string, at: string): Generator<Tag> {
  let start = 0
  while (start < text.length) {
    const end = endOf(text, '\n', start)
    const line = text.slice(start, end)
    if (/^\s*(?:#|$)/.test(line)) {
      start = end + 1
      continue
    }
    const [whole, tag] = /^[ \t]{0,100}([A-Za-z]{1,60}):[ \t]{0,100}/.exec(line) ?? []
    if (whole === undefined || tag === undefined) {
      throw new Problem('malformed', `not a tag and a value: ${line.trim().slice(0, 80)}`, { at })
    }
    const from = start + whole.length
    if (!text.startsWith(open, from)) {
      yield { tag, value: line.slice(whole.length).trim() }
      start = end + 1
      continue
    }
    const closing = text.indexOf(close, from)
    if (closing === -1) throw new Problem('malformed', `${tag} has a text without an end`, { at })
    yield { tag, value: text.slice(from + open.length, closing).replaceAll('\r\n', '\n') }
    start = endOf(text, '\n', closing + close.length) + 1
  }
}

function endOf(text: string, mark: string, start: number): number {
  const end = text.indexOf(mark, start)
  return end === -1 ? text.length : end
}

/** What a tag says in a section: the member that it becomes, and how. */
type Rule = readonly [member: string, how?: 'list' | 'flag' | ((value: string) => unknown)]

const documentRules: Readonly<Record<string, Rule>> = {
  SPDXVersion: ['spdxVersion'],
  DataLicense: ['dataLicense'],
  SPDXID: ['SPDXID'],
  DocumentName: ['name'],
  DocumentNamespace: ['documentNamespace'],
  DocumentComment: ['comment'],
}

const creationRules: Readonly<Record<string, Rule>> = {
  Creator: ['creators', 'list'],
  Created: ['created'],
  CreatorComment: ['comment'],
  LicenseListVersion: ['licenseListVersion'],
}

const packageRules: Readonly<Record<string, Rule>> = {
  SPDXID: ['SPDXID'],
  PackageVersion: ['versionInfo'],
  PackageFileName: ['packageFileName'],
  PackageSupplier: ['supplier'],
  PackageOriginator: ['originator'],
  PackageDownloadLocation: ['downloadLocation'],
  FilesAnalyzed: ['filesAnalyzed', 'flag'],
  PackageVerificationCode: ['packageVerificationCode'],
  PackageChecksum: ['checksums', 'list'],
  PackageHomePage: ['homepage'],
  PackageSourceInfo: ['sourceInfo'],
  PackageLicenseConcluded: ['licenseConcluded'],
  PackageLicenseInfoFromFiles: ['licenseInfoFromFiles', 'list'],
  PackageLicenseDeclared: ['licenseDeclared'],
  PackageLicenseComments: ['licenseComments'],
  PackageCopyrightText: ['copyrightText'],
  PackageSummary: ['summary'],
  PackageDescription: ['description'],
  PackageComment: ['comment'],
  PackageAttributionText: ['attributionTexts', 'list'],
  PrimaryPackagePurpose: ['primaryPackagePurpose'],
  ReleaseDate: ['releaseDate'],
  BuiltDate: ['builtDate'],
  ValidUntilDate: ['validUntilDate'],
  ExternalRef: ['externalRefs', 'list'],
  ExternalRefComment: ['externalRefComment'],
}

const fileRules: Readonly<Record<string, Rule>> = {
  SPDXID: ['SPDXID'],
  FileType: ['fileTypes', 'list'],
  FileChecksum: ['checksums', 'list'],
  LicenseConcluded: ['licenseConcluded'],
  LicenseInfoInFile: ['licenseInfoInFiles', 'list'],
  LicenseComments: ['licenseComments'],
  FileCopyrightText: ['copyrightText'],
  FileComment: ['comment'],
  FileNotice: ['noticeText'],
  FileContributor: ['fileContributors', 'list'],
  FileAttributionText: ['attributionTexts', 'list'],
  FileDependency: ['fileDependencies', 'list'],
  ArtifactOfProjectName: ['artifactOf', 'list'],
  ArtifactOfProjectHomePage: ['artifactOf', 'list'],
  ArtifactOfProjectURI: ['artifactOf', 'list'],
}

const snippetRules: Readonly<Record<string, Rule>> = {
  SnippetFromFileSPDXID: ['snippetFromFile'],
  SnippetByteRange: ['byteRange'],
  SnippetLineRange: ['lineRange'],
  SnippetLicenseConcluded: ['licenseConcluded'],
  LicenseInfoInSnippet: ['licenseInfoInSnippets', 'list'],
  SnippetLicenseComments: ['licenseComments'],
  SnippetCopyrightText: ['copyrightText'],
  SnippetComment: ['comment'],
  SnippetName: ['name'],
  SnippetAttributionText: ['attributionTexts', 'list'],
}

const licenceRules: Readonly<Record<string, Rule>> = {
  ExtractedText: ['extractedText'],
  LicenseName: ['name'],
  LicenseCrossReference: ['seeAlsos', 'list'],
  LicenseComment: ['comment'],
}

const annotationRules: Readonly<Record<string, Rule>> = {
  AnnotationDate: ['annotationDate'],
  AnnotationType: ['annotationType'],
  AnnotationComment: ['comment'],
  SPDXREF: ['SPDXREF'],
}

const reviewRules: Readonly<Record<string, Rule>> = { ReviewDate: ['reviewDate'], ReviewComment: ['comment'] }
const relationshipRules: Readonly<Record<string, Rule>> = { RelationshipComment: ['comment'] }
const externalDocumentRules: Readonly<Record<string, Rule>> = {}

/** Tags that begin something: in which list of the document it is, and which member the value becomes. */
const beginnings: Readonly<Record<string, readonly [list: string, member: string, rules: typeof packageRules]>> = {
  PackageName: ['packages', 'name', packageRules],
  FileName: ['files', 'fileName', fileRules],
  SnippetSPDXID: ['snippets', 'SPDXID', snippetRules],
  LicenseID: ['hasExtractedLicensingInfos', 'licenseId', licenceRules],
  Annotator: ['annotations', 'annotator', annotationRules],
  Reviewer: ['revieweds', 'reviewer', reviewRules],
  Relationship: ['relationships', 'relationship', relationshipRules],
  ExternalDocumentRef: ['externalDocumentRefs', 'externalDocument', externalDocumentRules],
}

class Assembly {
  readonly #at: string
  readonly #creation: Members = {}
  readonly #lists = new Map<string, Members[]>()
  readonly #head: Members = {}
  /** What the next tags belong to: what was begun last, then what that interrupted. */
  #open: { readonly members: Members; readonly rules: typeof packageRules }[] = []

  constructor(at: string) {
    this.#at = at
  }

  get document(): unknown {
    const lists = Object.fromEntries([...this.#lists].map(([name, items]) => [name, items.map(completed)]))
    const { annotations = [], ...others } = lists
    return withAnnotations({ ...this.#head, creationInfo: this.#creation, ...others }, annotations)
  }

  add(tag: string, value: string): void {
    const beginning = Object.hasOwn(beginnings, tag) ? beginnings[tag] : undefined
    if (beginning !== undefined) return this.#begin(beginning, value)
    const place = this.#open.find(({ rules }) => Object.hasOwn(rules, tag))
    if (place !== undefined) return this.#set(place.members, place.rules[tag], [tag, value])
    if (Object.hasOwn(creationRules, tag)) return this.#set(this.#creation, creationRules[tag], [tag, value])
    if (Object.hasOwn(documentRules, tag)) return this.#set(this.#head, documentRules[tag], [tag, value])
    throw new Problem('malformed', `${tag} has no place here`, { at: this.#at })
  }

  /** Relationships and annotations may stand in the middle of what they are about. */
  #begin([list, member, rules]: (typeof beginnings)[string], value: string): void {
    const members = { [member]: value }
    const items = this.#lists.get(list) ?? []
    items.push(members)
    this.#lists.set(list, items)
    const isInterruption = list === 'relationships' || list === 'annotations' || list === 'revieweds'
    const around = this.#open.filter(({ rules: own }) => own !== relationshipRules && own !== annotationRules)
    this.#open = isInterruption ? [{ members, rules }, ...around.slice(0, 1)] : [{ members, rules }]
  }

  #set(members: Members, rule: Rule | undefined, [tag, value]: readonly [string, string]): void {
    const [member = '', how] = rule ?? []
    const before = members[member]
    if (how === 'list') {
      members[member] = Array.isArray(before) ? (before.push(value), before) : [value]
    } else if (before !== undefined && member !== 'externalRefComment') {
      throw new Problem('malformed', `${tag} stands twice in one section`, { at: this.#at })
    } else members[member] = how === 'flag' ? flagOf(value) : value
  }
}

function flagOf(value: string): boolean | string {
  return value === 'true' ? true : value === 'false' ? false : value
}

/** Values that hold several members, taken apart; those that do not come apart stay, and are refused by the check. */
function completed({ relationship, externalRefs, checksums, ...members }: Members): Members {
  const [from, type, to] = typeof relationship === 'string' ? relationship.split(/\s{1,20}/) : []
  const parts = {
    ...(from === undefined ? {} : { spdxElementId: from, relationshipType: type, relatedSpdxElement: to }),
    ...(Array.isArray(externalRefs) ? { externalRefs: externalRefs.map(externalReference) } : {}),
    ...(Array.isArray(checksums) ? { checksums: checksums.map(checksum) } : {}),
  }
  return { ...members, ...parts }
}

function externalReference(value: unknown): Members {
  const [referenceCategory, referenceType, ...locator] = String(value).split(/\s{1,20}/)
  return { referenceCategory, referenceType, referenceLocator: locator.join(' ') }
}

function checksum(value: unknown): Members {
  const [, algorithm, checksumValue] = /^([A-Za-z0-9-]{1,20}): {0,20}(\S{1,300})$/.exec(String(value)) ?? []
  return { algorithm, checksumValue }
}

/** Each to the package or file that it is about, others to the document. */
function withAnnotations(document: Members, annotations: readonly Members[]): Members {
  const byElement = Map.groupBy(annotations, ({ SPDXREF }) => SPDXREF)
  const own = (id: unknown) => byElement.get(id)?.map(({ SPDXREF: _about, ...annotation }) => annotation)
  const annotated = (list: unknown) =>
    Array.isArray(list)
      ? list.map((item: Members) => ({
          ...item,
          ...(byElement.has(item['SPDXID']) ? { annotations: own(item['SPDXID']) } : {}),
        }))
      : list
  const lists = ['packages', 'files'].filter((name) => document[name] !== undefined)
  return {
    ...document,
    ...Object.fromEntries(lists.map((name) => [name, annotated(document[name])])),
    annotations: own(document['SPDXID']) ?? [],
  }
}
