import { z } from 'zod'

/** What the members of a document are made of, the same in all versions: the union of what they allow. */

export const anything = z.unknown().optional()
export const text = z.string().optional()
export const reference = z.string().min(1)
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:Z|[+-]\d\d:\d\d)?$/i, 'not a date and time')

export const Entity = z.strictObject({
  'bom-ref': reference.optional(),
  name: text,
  address: anything,
  url: z.array(z.string()).optional(),
  contact: z
    .array(z.strictObject({ 'bom-ref': reference.optional(), name: text, email: text, phone: text }))
    .optional(),
})

export const Attachment = z.strictObject({
  contentType: text,
  encoding: z.literal('base64').optional(),
  content: z.string(),
})

const hashAlgorithms = [
  'MD5',
  'SHA-1',
  'SHA-256',
  'SHA-384',
  'SHA-512',
  'SHA3-256',
  'SHA3-384',
  'SHA3-512',
  'BLAKE2b-256',
  'BLAKE2b-384',
  'BLAKE2b-512',
  'BLAKE3',
  'Streebog-256',
  'Streebog-512',
] as const

export const Hash = z.strictObject({
  alg: z.enum(hashAlgorithms),
  content: z.string().regex(/^(?:[a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})$/),
})

const Issue = z.strictObject({
  type: z.enum(['defect', 'enhancement', 'security']),
  id: text,
  name: text,
  description: text,
  source: anything,
  references: anything,
})

export const Patch = z.strictObject({
  type: z.enum(['unofficial', 'monkey', 'backport', 'cherry-pick']),
  diff: z.strictObject({ text: Attachment.optional(), url: text }).optional(),
  resolves: z.array(Issue).optional(),
})

export const Swid = z.strictObject({
  tagId: z.string(),
  name: z.string(),
  version: text,
  tagVersion: z.int().optional(),
  patch: z.boolean().optional(),
  text: Attachment.optional(),
  url: text,
})

export const Citation = z
  .strictObject({
    'bom-ref': reference.optional(),
    pointers: z.array(z.string()).min(1).optional(),
    expressions: z.array(z.string()).min(1).optional(),
    timestamp: instant,
    attributedTo: reference.optional(),
    process: reference.optional(),
    note: text,
    signature: anything,
  })
  .refine(({ pointers, expressions }) => (pointers === undefined) !== (expressions === undefined), {
    message: 'either pointers or expressions',
  })
  .refine(({ attributedTo, process }) => attributedTo !== undefined || process !== undefined, {
    message: 'attributedTo or process is missing',
  })

export const ServiceData = z.strictObject({
  flow: z.enum(['inbound', 'outbound', 'bi-directional', 'unknown']),
  classification: z.string(),
  name: text,
  description: text,
  governance: anything,
  source: anything,
  destination: anything,
})

const aggregates = [
  'complete',
  'incomplete',
  'incomplete_first_party_only',
  'incomplete_first_party_proprietary_only',
  'incomplete_first_party_opensource_only',
  'incomplete_third_party_only',
  'incomplete_third_party_proprietary_only',
  'incomplete_third_party_opensource_only',
  'unknown',
  'not_specified',
] as const

export const Composition = z.strictObject({
  'bom-ref': reference.optional(),
  aggregate: z.enum(aggregates),
  assemblies: z.array(reference).optional(),
  dependencies: z.array(reference).optional(),
  vulnerabilities: z.array(reference).optional(),
  signature: anything,
})

export const Dependency = z.strictObject({
  ref: reference,
  dependsOn: z.array(reference).optional(),
  provides: z.array(reference).optional(),
})

export const componentTypes = [
  ...(['application', 'framework', 'library', 'container', 'operating-system', 'device', 'firmware', 'file'] as const),
  ...(['platform', 'device-driver', 'machine-learning-model', 'data', 'cryptographic-asset'] as const),
]

const referenceTypes = [
  'vcs',
  'issue-tracker',
  'website',
  'advisories',
  'bom',
  'mailing-list',
  'social',
  'chat',
  'documentation',
  'support',
  'source-distribution',
  'distribution',
  'distribution-intake',
  'license',
  'build-meta',
  'build-system',
  'release-notes',
  'security-contact',
  'model-card',
  'log',
  'configuration',
  'evidence',
  'formulation',
  'attestation',
  'threat-model',
  'adversary-model',
  'risk-assessment',
  'vulnerability-assertion',
  'exploitability-statement',
  'pentest-report',
  'static-analysis-report',
  'dynamic-analysis-report',
  'runtime-analysis-report',
  'component-analysis-report',
  'maturity-report',
  'certification-report',
  'codified-infrastructure',
  'quality-metrics',
  'poam',
  'electronic-signature',
  'digital-signature',
  'rfc-9116',
  'patent',
  'patent-family',
  'patent-assertion',
  'citation',
  'other',
] as const

export const ReferenceType = z.enum(referenceTypes)
