import { z } from 'zod'
import { isExceptionId, isLicenceId } from '../licence.ts'
import {
  Attachment,
  anything,
  Citation,
  Composition,
  componentTypes,
  Dependency,
  Entity,
  Hash,
  instant,
  Patch,
  ReferenceType,
  reference,
  ServiceData,
  Swid,
  text,
} from './schema-parts.ts'

/** Versions of the specification that we read. */
export const readableVersions = ['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'] as const
export type ReadableVersion = (typeof readableVersions)[number]

/** What is read of a component; all else that the specification allows is checked for its place only. */
export interface ComponentValue {
  readonly type: string
  readonly 'bom-ref'?: string | undefined
  readonly supplier?: { readonly name?: string | undefined } | undefined
  readonly publisher?: string | undefined
  readonly group?: string | undefined
  readonly name: string
  readonly version?: string | undefined
  readonly description?: string | undefined
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[] | undefined
  readonly licenses?: readonly LicenceValue[] | undefined
  readonly cpe?: string | undefined
  readonly purl?: string | undefined
  readonly components?: readonly ComponentValue[] | undefined
  readonly evidence?: { readonly occurrences?: readonly { readonly location: string }[] | undefined } | undefined
  readonly properties?: readonly PropertyValue[] | undefined
}

interface LicenceValue {
  readonly license?: { readonly id?: string | undefined; readonly name?: string | undefined } | undefined
  readonly expression?: string | undefined
}

interface PropertyValue {
  readonly name?: string | undefined
  readonly value?: string | undefined
}

/** Everything that differs between versions of the specification. */
interface Parts {
  readonly Property: z.ZodType<PropertyValue>
  readonly Licences: z.ZodType<readonly LicenceValue[]>
  readonly needsVersion: boolean
}

function partsOf(version: ReadableVersion): Parts {
  const named = version >= '1.6'
  const Property = z.strictObject({ name: named ? z.string() : text, value: text })
  const License = z
    .strictObject({
      'bom-ref': reference.optional(),
      id: z
        .string()
        .refine((id) => isLicenceId(id) || isExceptionId(id) || isOldLicenceId(id), 'not an SPDX licence identifier')
        .optional(),
      name: text,
      acknowledgement: z.enum(['declared', 'concluded']).optional(),
      text: Attachment.optional(),
      url: text,
      licensing: anything,
      properties: z.array(Property).optional(),
    })
    .refine(({ id, name }) => (id === undefined) !== (name === undefined), 'either id or name')
  const Choice = z
    .strictObject({
      'bom-ref': reference.optional(),
      license: License.optional(),
      expression: text,
      acknowledgement: z.enum(['declared', 'concluded']).optional(),
      expressionDetails: anything,
      licensing: anything,
      properties: z.array(Property).optional(),
    })
    .refine(({ license, expression }) => (license === undefined) !== (expression === undefined), {
      message: 'either license or expression',
    })
  const Licences = z
    .array(Choice)
    .refine(
      (choices) => version >= '1.7' || choices.length <= 1 || choices.every(({ license }) => license !== undefined),
      {
        message: 'an expression stands alone before version 1.7',
      },
    )
  return { Property, Licences, needsVersion: version < '1.4' }
}

/** Written by older tools and still in the list of the specification. */
function isOldLicenceId(id: string): boolean {
  return /^L?GPL-[1-3]\.[01]\+$/.test(id) || /^[A-Za-z0-9.-]{1,80}-exception(?:-[\d.]{1,10})?(?:-short)?$/.test(id)
}

function componentSchema({ Property, Licences, needsVersion }: Parts): z.ZodType<ComponentValue> {
  const References = z.array(referenceSchema(Property)).optional()
  const Component: z.ZodType<ComponentValue> = z.lazy(() => Shape)
  const Components = z.array(Component).optional()
  const Shape = z
    .strictObject({
      type: z.enum(componentTypes),
      'mime-type': text,
      'bom-ref': reference.optional(),
      supplier: Entity.optional(),
      manufacturer: Entity.optional(),
      authors: anything,
      author: text,
      publisher: text,
      group: text,
      name: z.string(),
      version: needsVersion ? z.string() : text,
      versionRange: text,
      isExternal: z.boolean().optional(),
      description: text,
      copyright: text,
      scope: z.enum(['required', 'optional', 'excluded']).optional(),
      hashes: z.array(Hash).optional(),
      licenses: Licences.optional(),
      patentAssertions: anything,
      cpe: text,
      purl: text,
      omniborId: anything,
      swhid: anything,
      swid: Swid.optional(),
      modified: z.boolean().optional(),
      externalReferences: References,
      pedigree: pedigreeSchema(Component).optional(),
      components: Components,
      evidence: evidenceSchema(Licences).optional(),
      releaseNotes: anything,
      modelCard: anything,
      data: anything,
      cryptoProperties: anything,
      properties: z.array(Property).optional(),
      tags: anything,
      signature: anything,
    })
    .refine(({ version, versionRange }) => version === undefined || versionRange === undefined, {
      message: 'either version or versionRange',
    })
    .refine(({ versionRange, isExternal }) => versionRange === undefined || isExternal === true, {
      message: 'a versionRange is for external components only',
    })
  return Component
}

function referenceSchema(Property: Parts['Property']) {
  return z.strictObject({
    url: z.string(),
    comment: text,
    type: ReferenceType,
    hashes: z.array(Hash).optional(),
    properties: z.array(Property).optional(),
  })
}

function pedigreeSchema(Component: z.ZodType<ComponentValue>) {
  const Components = z.array(Component).optional()
  return z.strictObject({
    ancestors: Components,
    descendants: Components,
    variants: Components,
    commits: anything,
    patches: z.array(Patch).optional(),
    notes: text,
  })
}

function evidenceSchema(Licences: Parts['Licences']) {
  return z.strictObject({
    identity: anything,
    occurrences: z.array(z.looseObject({ location: z.string() })).optional(),
    callstack: anything,
    licenses: Licences.optional(),
    copyright: anything,
  })
}

function serviceSchema({ Property, Licences }: Parts): z.ZodType {
  const Service: z.ZodType = z.lazy(() =>
    z.strictObject({
      'bom-ref': reference.optional(),
      provider: Entity.optional(),
      group: text,
      name: z.string(),
      version: text,
      description: text,
      endpoints: z.array(z.string()).optional(),
      authenticated: z.boolean().optional(),
      'x-trust-boundary': z.boolean().optional(),
      trustZone: text,
      data: z.array(ServiceData).optional(),
      licenses: Licences.optional(),
      patentAssertions: anything,
      externalReferences: z.array(referenceSchema(Property)).optional(),
      services: z.array(Service).optional(),
      releaseNotes: anything,
      properties: z.array(Property).optional(),
      tags: anything,
      signature: anything,
    }),
  )
  return Service
}

function toolsSchema(Component: z.ZodType<ComponentValue>, Service: z.ZodType) {
  const Tool = z.strictObject({
    vendor: text,
    name: text,
    version: text,
    hashes: z.array(Hash).optional(),
    externalReferences: anything,
  })
  return z.union([
    z.array(Tool),
    z.strictObject({ components: z.array(Component).optional(), services: z.array(Service).optional() }),
  ])
}

/** A whole document in its JSON arrangement, and its components, of which there may be many. */
export function bomSchemas(version: ReadableVersion) {
  const parts = partsOf(version)
  const Component = componentSchema(parts)
  return { Component, Bom: bomSchema(version, parts, Component) }
}

function bomSchema(version: ReadableVersion, parts: Parts, Component: z.ZodType<ComponentValue>) {
  const { Property, Licences } = parts
  const Service = serviceSchema(parts)
  const Metadata = z.strictObject({
    timestamp: instant.optional(),
    lifecycles: anything,
    tools: toolsSchema(Component, Service).optional(),
    manufacturer: Entity.optional(),
    authors: anything,
    component: Component.optional(),
    manufacture: Entity.optional(),
    supplier: Entity.optional(),
    licenses: Licences.optional(),
    properties: z.array(Property).optional(),
    distributionConstraints: anything,
  })
  return z.strictObject({
    $schema: text,
    bomFormat: z.literal('CycloneDX'),
    specVersion: z.literal(version),
    serialNumber: z
      .string()
      .regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'not a UUID')
      .optional(),
    version: version < '1.5' ? z.int().min(1) : z.int().min(1).optional(),
    metadata: Metadata.optional(),
    components: z.array(z.unknown()).optional(),
    services: z.array(Service).optional(),
    externalReferences: z.array(referenceSchema(Property)).optional(),
    dependencies: z.array(Dependency).optional(),
    compositions: z.array(Composition).optional(),
    properties: z.array(Property).optional(),
    citations: z.array(Citation).optional(),
    vulnerabilities: anything,
    annotations: anything,
    formulation: anything,
    declarations: anything,
    definitions: anything,
    signature: anything,
  })
}

export type BomValue = z.infer<ReturnType<typeof bomSchema>>
