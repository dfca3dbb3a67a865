import { z } from 'zod'

const text = z.string().optional()
const reference = z.string().regex(/^SPDXRef-[A-Za-z0-9.-]{1,1000}$/, 'not an SPDX identifier')
/** The specification wants whole seconds; npm and others write fractions, and nothing depends on it. */
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/, 'not a date and time in UTC')
const actor = z.string().regex(/^(?:Person|Organization|Tool): {0,10}\S/, 'not a person, organization or tool')

/** YAML makes numbers of what is written without quotation marks. */
const word = z.union([z.string(), z.number().transform(String)])

const Checksum = z.looseObject({
  algorithm: z
    .string()
    .regex(/^(?:SHA(?:1|224|256|384|512)|SHA3-(?:256|384|512)|BLAKE2b-(?:256|384|512)|BLAKE3|MD[2456]|ADLER32)$/),
  checksumValue: z.string().regex(/^[0-9a-fA-F]{8,256}$/, 'not hexadecimal'),
})

const Annotation = z.looseObject({
  annotationDate: instant,
  annotationType: z.enum(['OTHER', 'REVIEW']),
  annotator: actor,
  comment: z.string(),
})
const Annotations = z.array(Annotation).optional()

const ExternalReference = z.looseObject({
  referenceCategory: z.enum([
    'OTHER',
    'PERSISTENT-ID',
    'PERSISTENT_ID',
    'SECURITY',
    'PACKAGE-MANAGER',
    'PACKAGE_MANAGER',
  ]),
  referenceType: z.string().min(1),
  referenceLocator: z.string().min(1),
})

const purposes = [
  ...([
    'OTHER',
    'INSTALL',
    'ARCHIVE',
    'FIRMWARE',
    'APPLICATION',
    'FRAMEWORK',
    'LIBRARY',
    'CONTAINER',
    'SOURCE',
  ] as const),
  ...(['DEVICE', 'OPERATING_SYSTEM', 'OPERATING-SYSTEM', 'FILE'] as const),
]

const supplier = z.union([z.literal('NOASSERTION'), actor]).optional()

export const Package = z.looseObject({
  SPDXID: reference,
  name: word,
  versionInfo: word.optional(),
  downloadLocation: z.string().min(1),
  filesAnalyzed: z.boolean().optional(),
  supplier,
  originator: supplier,
  checksums: z.array(Checksum).optional(),
  licenseDeclared: text,
  licenseConcluded: text,
  sourceInfo: text,
  description: text,
  externalRefs: z.array(ExternalReference).optional(),
  primaryPackagePurpose: z.enum(purposes).optional(),
  annotations: Annotations,
})

export const File = z.looseObject({
  SPDXID: reference,
  fileName: z.string().min(1),
  checksums: z.array(Checksum).min(1),
  annotations: Annotations,
})

const Licence = z.looseObject({
  licenseId: z.string().regex(/^LicenseRef-[A-Za-z0-9.-]{1,1000}$/, 'not a licence reference'),
  extractedText: z.string(),
  name: text,
})

const element = z
  .string()
  .regex(
    /^(?:(?:DocumentRef-[A-Za-z0-9.+-]{1,1000}:)?SPDXRef-[A-Za-z0-9.-]{1,1000}|NONE|NOASSERTION|DocumentRef-[\w.+-]{1,1000})$/,
  )

const relationshipTypes = [
  ...(['DESCRIBES', 'DESCRIBED_BY', 'CONTAINS', 'CONTAINED_BY', 'DEPENDS_ON', 'DEPENDENCY_OF', 'PATCH_FOR'] as const),
  ...(['BUILD_DEPENDENCY_OF', 'DEV_DEPENDENCY_OF', 'OPTIONAL_DEPENDENCY_OF', 'PROVIDED_DEPENDENCY_OF'] as const),
  ...(['TEST_DEPENDENCY_OF', 'RUNTIME_DEPENDENCY_OF', 'DEPENDENCY_MANIFEST_OF', 'EXAMPLE_OF', 'GENERATES'] as const),
  ...(['GENERATED_FROM', 'ANCESTOR_OF', 'DESCENDANT_OF', 'VARIANT_OF', 'DISTRIBUTION_ARTIFACT', 'COPY_OF'] as const),
  ...(['PATCH_APPLIED', 'FILE_ADDED', 'FILE_DELETED', 'FILE_MODIFIED', 'EXPANDED_FROM_ARCHIVE', 'OTHER'] as const),
  ...(['DYNAMIC_LINK', 'STATIC_LINK', 'DATA_FILE_OF', 'TEST_CASE_OF', 'BUILD_TOOL_OF', 'DEV_TOOL_OF'] as const),
  ...(['TEST_OF', 'TEST_TOOL_OF', 'DOCUMENTATION_OF', 'OPTIONAL_COMPONENT_OF', 'METAFILE_OF', 'PACKAGE_OF'] as const),
  ...(['AMENDS', 'PREREQUISITE_FOR', 'HAS_PREREQUISITE', 'REQUIREMENT_DESCRIPTION_FOR', 'SPECIFICATION_FOR'] as const),
]

export const Relationship = z.looseObject({
  spdxElementId: element,
  relationshipType: z.enum(relationshipTypes),
  relatedSpdxElement: element,
})

/** SPDX 2.2 and 2.3 in the arrangement of JSON. */
export const SpdxValue = z.object({
  spdxVersion: z.enum(['SPDX-2.2', 'SPDX-2.3']),
  dataLicense: z.literal('CC0-1.0'),
  SPDXID: z.literal('SPDXRef-DOCUMENT'),
  name: word,
  documentNamespace: z.string().regex(/^[A-Za-z][A-Za-z0-9+.-]{0,40}:[^\s#]{1,4000}$/, 'not an absolute URI'),
  creationInfo: z.looseObject({ created: instant, creators: z.array(actor).min(1) }),
  documentDescribes: z.array(z.string()).optional(),
  packages: z.array(z.unknown()).optional(),
  files: z.array(z.unknown()).optional(),
  snippets: z.array(z.looseObject({ SPDXID: reference, snippetFromFile: z.string() })).optional(),
  hasExtractedLicensingInfos: z.array(Licence).optional(),
  relationships: z.array(z.unknown()).optional(),
  annotations: Annotations,
})
export type SpdxValue = Omit<z.infer<typeof SpdxValue>, 'packages' | 'files' | 'relationships'> & {
  readonly packages: readonly z.infer<typeof Package>[]
  readonly files: readonly z.infer<typeof File>[]
  readonly relationships: readonly z.infer<typeof Relationship>[]
}
