import { z } from 'zod'

const text = z.string().optional()
const iri = z.string().min(1)

/** JSON-LD writes a list of one as what is in it. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.union([z.array(item), item.transform((one) => [one])])
}

const Property = z.looseObject({ extension_cdxPropName: z.string(), extension_cdxPropValue: text })
const Extension = z.looseObject({ type: z.string(), extension_cdxProperty: listOf(Property).optional() })
const Hash = z.looseObject({ type: z.string(), algorithm: text, hashValue: text })
const Identifier = z.looseObject({ externalIdentifierType: z.string(), identifier: z.string() })

/** Every object of the graph has a type, and a name in it unless it is anonymous. */
export const Node = z.looseObject({ type: z.string().min(1), spdxId: iri.optional(), '@id': iri.optional() })
export type Node = z.infer<typeof Node>

export const Graph = z.looseObject({
  '@context': z.unknown().refine(isContext, 'not the context of SPDX 3.0'),
  '@graph': z.array(Node).min(1),
})

function isContext(context: unknown): boolean {
  const contexts: readonly unknown[] = Array.isArray(context) ? context : [context]
  return contexts.some((one) => typeof one === 'string' && /^https?:\/\/spdx\.org\/rdf\/3\.0\.\d{1,3}\//.test(one))
}

export const CreationInfo = z.looseObject({
  specVersion: z.string().regex(/^3\.0\.\d{1,3}$/, 'not a version of SPDX 3.0'),
  created: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'not a date and time in whole seconds of UTC'),
  createdBy: listOf(z.unknown()),
  createdUsing: listOf(z.unknown()).optional(),
})

/** What every element must have. */
export const Element = z.looseObject({ spdxId: iri, creationInfo: z.unknown().refine((value) => value !== undefined) })

export const Package = z.looseObject({
  spdxId: iri,
  name: z.string(),
  description: text,
  software_packageVersion: text,
  software_packageUrl: text,
  software_primaryPurpose: text,
  suppliedBy: text,
  verifiedUsing: listOf(Hash).optional(),
  externalIdentifier: listOf(Identifier).optional(),
  extension: listOf(Extension).optional(),
})
export type Package = z.infer<typeof Package>

export const Relationship = z.looseObject({
  from: z.string(),
  relationshipType: z.string().regex(/^[a-z][A-Za-z]{1,60}$/, 'not a type of relationship'),
  to: listOf(z.string()),
})

export const Collection = z.looseObject({ rootElement: listOf(z.string()).optional() })
export const Named = z.looseObject({ name: text })
export const LicenceExpression = z.looseObject({
  simplelicensing_licenseExpression: z.string(),
  simplelicensing_customIdToUri: listOf(z.looseObject({ key: z.string(), value: text })).optional(),
})
export const LicenceText = z.looseObject({ name: text, simplelicensing_licenseText: z.string() })
export const Annotation = z.looseObject({ annotationType: z.string(), subject: z.string(), statement: text })
