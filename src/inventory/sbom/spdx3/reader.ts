import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseValue } from '#kit/json.ts'
import type { PackageHash, Unknown } from '#model/package.ts'
import type { ComponentKind, SbomComponent, SbomDocument, SbomTool } from '../document.ts'
import {
  Annotation,
  Collection,
  CreationInfo,
  Element,
  Graph,
  LicenceExpression,
  LicenceText,
  Named,
  type Node,
  Package,
  Relationship,
} from './schema.ts'

/** What an SPDX 3.0 graph says. Throws `malformed` when it breaks the specification. */
export function readSpdx3(value: unknown, at: string): SbomDocument {
  return new Reading(parseValue(Graph, value, at)['@graph'], at).document()
}

class Reading {
  readonly #at: string
  readonly #byType: ReadonlyMap<string, readonly Node[]>
  readonly #byId = new Map<string, Node>()

  constructor(nodes: readonly Node[], at: string) {
    this.#at = at
    this.#byType = Map.groupBy(nodes, ({ type }) => type)
    for (const node of nodes) {
      const id = node.spdxId ?? node['@id']
      if (node.spdxId !== undefined) this.#checked(Element, node)
      if (id === undefined) continue
      if (this.#byId.has(id)) this.#refuse(`the identifier ${id.slice(0, 200)} is used twice`)
      this.#byId.set(id, node)
    }
  }

  document(): SbomDocument {
    const [creation] = this.#all('CreationInfo', CreationInfo)
    if (creation === undefined) this.#refuse('there is no CreationInfo')
    if ((this.#byType.get('SpdxDocument')?.length ?? 0) !== 1) this.#refuse('there is not exactly one SpdxDocument')
    const relationships = this.#all('Relationship', Relationship)
    const packages = this.#all('software_Package', Package)
    const roots = new Set(this.#all('software_Sbom', Collection).flatMap(({ rootElement = [] }) => rootElement))
    const [root, ...others] = packages.filter(({ spdxId }) => roots.has(spdxId))
    const subject = others.length === 0 && packages.length > 1 ? root : undefined
    const isContainer = root?.software_primaryPurpose === 'container' && others.length === 0
    const about = isContainer ? root : subject
    const related = this.#related(relationships)
    return {
      format: `SPDX ${creation.specVersion} JSON-LD`,
      created: creation.created,
      tools: (creation.createdUsing ?? []).flatMap((tool) => this.#tool(tool)),
      subject: about && this.#component(about, related),
      components: packages.filter((one) => one !== about).map((one) => this.#component(one, related)),
      unknowns: this.#all('Annotation', Annotation).flatMap(({ statement }) => unknownOf(statement)),
    }
  }

  #related(relationships: readonly z.infer<typeof Relationship>[]): Related {
    const targets = (wanted: string) => {
      const byFrom = Map.groupBy(
        relationships.filter(({ relationshipType }) => relationshipType === wanted),
        ({ from }) => from,
      )
      return (id: string) => (byFrom.get(id) ?? []).flatMap(({ to }) => to)
    }
    const [needed, licences] = [targets('dependsOn'), targets('hasDeclaredLicense')]
    return {
      needed: (id) =>
        [...new Set(needed(id).filter((to) => this.#byId.get(to)?.type === 'software_Package'))].toSorted(),
      licences: (id) => licences(id).flatMap((to) => this.#licence(to)),
    }
  }

  #component(value: Package, { needed, licences }: Related): SbomComponent {
    const { spdxId, name, externalIdentifier = [], verifiedUsing = [], extension = [] } = value
    const ofType = (wanted: string) =>
      externalIdentifier.filter((one) => one.externalIdentifierType === wanted).map(({ identifier }) => identifier)
    const cpes = ['cpe22', 'cpe23'].flatMap(ofType)
    return {
      id: spdxId,
      kind: kinds[value.software_primaryPurpose ?? ''] ?? 'package',
      name,
      version: value.software_packageVersion,
      description: value.description,
      purl: value.software_packageUrl ?? ofType('packageUrl')[0],
      cpes: cpes.length === 0 ? undefined : cpes,
      supplier: value.suppliedBy === undefined ? undefined : this.#name(value.suppliedBy),
      licences: licences(spdxId),
      hashes: verifiedUsing.flatMap(hashOf),
      locations: [],
      properties: extension.flatMap(({ extension_cdxProperty: properties = [] }) =>
        properties.map((one) => ({ name: one.extension_cdxPropName, value: one.extension_cdxPropValue ?? '' })),
      ),
      dependsOn: needed(spdxId),
    }
  }

  /** An expression that is one custom licence goes by its name. */
  #licence(id: string): string[] {
    const node = this.#byId.get(id)
    if (node?.type !== 'simplelicensing_LicenseExpression') return []
    const licence = this.#checked(LicenceExpression, node)
    const expression = licence.simplelicensing_licenseExpression
    if (expression === 'NONE' || expression === 'NOASSERTION') return []
    const custom = licence.simplelicensing_customIdToUri?.find(({ key }) => key === expression)?.value
    const text = custom === undefined ? undefined : this.#byId.get(custom)
    if (text?.type !== 'simplelicensing_SimpleLicensingText') return [expression]
    return [this.#checked(LicenceText, text).name ?? expression]
  }

  /** Syft-like `name-version`; a version begins with a digit. */
  #tool(id: unknown): SbomTool[] {
    const named = typeof id === 'string' ? this.#name(id) : undefined
    const [, name, version] = /^(.{1,900}?)-v?(\d.{0,99})$/.exec(named ?? '') ?? []
    if (named === undefined) return []
    return [name === undefined ? { name: named } : { name, version }]
  }

  #name(id: string): string | undefined {
    const node = this.#byId.get(id)
    return node === undefined ? undefined : this.#checked(Named, node).name
  }

  #all<Schema extends z.ZodType>(type: string, schema: Schema): z.infer<Schema>[] {
    return (this.#byType.get(type) ?? []).map((node) => this.#checked(schema, node))
  }

  #checked<Schema extends z.ZodType>(schema: Schema, node: Node): z.infer<Schema> {
    return parseValue(schema, node, `${this.#at} (${node.type} ${node.spdxId ?? ''})`)
  }

  #refuse(what: string): never {
    throw new Problem('malformed', what, { at: this.#at })
  }
}

interface Related {
  readonly needed: (id: string) => readonly string[]
  readonly licences: (id: string) => readonly string[]
}

const kinds: Readonly<Record<string, ComponentKind>> = {
  operatingSystem: 'operating-system',
  container: 'container',
  file: 'file',
  data: 'other',
  model: 'other',
  documentation: 'other',
  evidence: 'other',
}

const digits = { md5: 32, sha1: 40, sha256: 64, sha384: 96, sha512: 128 } as const

function hashOf({
  algorithm,
  hashValue = '',
}: {
  algorithm?: string | undefined
  hashValue?: string | undefined
}): PackageHash[] {
  if (algorithm === undefined || !isAlgorithm(algorithm) || hashValue.length !== digits[algorithm]) return []
  return [{ algorithm, value: hashValue.toLowerCase() }]
}

function isAlgorithm(text: string): text is PackageHash['algorithm'] {
  return Object.hasOwn(digits, text)
}

const Statement = z.object({ 'seawall:unknown': z.object({ path: z.string(), reason: z.string() }) })

function unknownOf(statement: string | undefined): Unknown[] {
  try {
    const parsed = Statement.safeParse(JSON.parse(statement ?? ''))
    return parsed.success ? [parsed.data['seawall:unknown']] : []
  } catch {
    return []
  }
}
