import { Problem } from '#kit/errors.ts'
import { parseValue } from '#kit/json.ts'
import type { PackageHash, Unknown } from '#model/package.ts'
import type { ComponentKind, SbomComponent, SbomDocument, SbomTool } from '../document.ts'
import { parseItems } from '../items.ts'
import { readUnknowns } from '../properties.ts'
import { type BomValue, bomSchemas, type ComponentValue, type ReadableVersion, readableVersions } from './schema.ts'

/** What a document says, from its JSON arrangement. Throws `malformed` when it breaks the specification. */
export function readBomValue(
  value: unknown,
  { at, form }: { readonly at: string; readonly form: string },
): SbomDocument {
  const version = versionOf(value, at)
  const { Bom, Component } = bomSchemas(version)
  const bom = parseValue(Bom, value, at)
  const components = parseItems(Component, bom.components, { member: 'components', at })
  const { metadata } = bom
  checkReferences([metadata?.component, components, bom.services], at)
  const needs = Map.groupBy(bom.dependencies ?? [], ({ ref }) => ref)
  const flat = flattened(components)
  const named = new Set(flat.map((component) => component['bom-ref']))
  const subject = metadata?.component
  return {
    format: `CycloneDX ${version} ${form}`,
    created: metadata?.timestamp,
    tools: toolsOf(metadata?.tools),
    subject: subject && componentOf(subject, 'subject', []),
    components: [...flattened(subject?.components), ...flat].map((component, number) => {
      const listed = needs.get(component['bom-ref'] ?? '') ?? []
      const needed = new Set(listed.flatMap(({ dependsOn = [] }) => dependsOn).filter((ref) => named.has(ref)))
      return componentOf(component, `component-${number}`, [...needed].toSorted())
    }),
    unknowns: unknownsOf(bom),
  }
}

function versionOf(value: unknown, at: string): ReadableVersion {
  const given: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'specVersion') : undefined
  const version = readableVersions.find((each) => each === given)
  if (version !== undefined) return version
  const what = typeof given === 'string' ? `CycloneDX ${given.slice(0, 20)}` : 'CycloneDX without a version'
  throw new Problem('malformed', `${what} is not among ${readableVersions.join(', ')}`, { at })
}

/** A `bom-ref` names one thing in a document. The specification's own examples of formulas repeat some: those are not seen here. */
function checkReferences(parts: readonly unknown[], at: string): void {
  const seen = new Set<string>()
  const open = [...parts]
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next !== 'object' || next === null) continue
    const reference: unknown = Array.isArray(next) ? undefined : Reflect.get(next, 'bom-ref')
    if (typeof reference === 'string') {
      if (seen.has(reference)) {
        throw new Problem('malformed', `the bom-ref ${JSON.stringify(reference.slice(0, 200))} is used twice`, { at })
      }
      seen.add(reference)
    }
    for (const member of Object.values(next)) if (typeof member === 'object' && member !== null) open.push(member)
  }
}

/** Each component, then what is in it. */
function flattened(components: readonly ComponentValue[] = [], all: ComponentValue[] = []): ComponentValue[] {
  for (const component of components) {
    all.push(component)
    flattened(component.components, all)
  }
  return all
}

const kinds: Readonly<Record<string, ComponentKind>> = {
  'operating-system': 'operating-system',
  container: 'container',
  file: 'file',
  data: 'other',
  'cryptographic-asset': 'other',
  'machine-learning-model': 'other',
  device: 'other',
}

/** Trivy lists lock files as applications without version and URL, which hold the packages that matter. */
function kindOf({ type, version, purl }: ComponentValue): ComponentKind {
  if (type === 'application' && version === undefined && purl === undefined) return 'other'
  return kinds[type] ?? 'package'
}

function componentOf(value: ComponentValue, fallbackId: string, dependsOn: readonly string[]): SbomComponent {
  const { name, version, group, description, purl, cpe, publisher, supplier } = value
  return {
    id: value['bom-ref'] ?? fallbackId,
    kind: kindOf(value),
    name,
    version: version === '' ? undefined : version,
    group: group === '' ? undefined : group,
    description,
    purl,
    cpes: cpe === undefined ? undefined : [cpe],
    supplier: publisher ?? supplier?.name,
    licences: (value.licenses ?? []).flatMap(
      ({ license, expression }) => expression ?? license?.id ?? license?.name ?? [],
    ),
    hashes: (value.hashes ?? []).flatMap(hashOf),
    locations: (value.evidence?.occurrences ?? []).map(({ location }) => location),
    properties: (value.properties ?? []).flatMap(({ name: key, value: text = '' }) =>
      key === undefined ? [] : [{ name: key, value: text }],
    ),
    dependsOn,
  }
}

const algorithms: Readonly<Record<string, readonly [PackageHash['algorithm'], digits: number]>> = {
  MD5: ['md5', 32],
  'SHA-1': ['sha1', 40],
  'SHA-256': ['sha256', 64],
  'SHA-384': ['sha384', 96],
  'SHA-512': ['sha512', 128],
}

function hashOf({ alg, content }: { readonly alg: string; readonly content: string }): PackageHash[] {
  const [algorithm, digits] = algorithms[alg] ?? []
  return algorithm === undefined || content.length !== digits ? [] : [{ algorithm, value: content.toLowerCase() }]
}

function toolsOf(tools: NonNullable<BomValue['metadata']>['tools']): SbomTool[] {
  const listed = tools === undefined ? [] : Array.isArray(tools) ? tools : (tools.components ?? [])
  return listed.flatMap(({ name, version }) => (name === undefined ? [] : [{ name, version }]))
}

/** What our own documents name, or else that the document calls itself incomplete. */
function unknownsOf({ metadata, compositions = [] }: BomValue): Unknown[] {
  const properties = (metadata?.properties ?? []).map(({ name = '', value = '' }) => ({ name, value }))
  const ours = readUnknowns(properties)
  if (ours.length > 0) return ours
  const incomplete = compositions.filter(({ aggregate }) => aggregate.startsWith('incomplete'))
  return incomplete.length === 0 ? [] : [{ path: '/', reason: 'the SBOM calls itself incomplete' }]
}
