import { jsonText } from '#kit/json.ts'
import { contentUuid } from '../content-id.ts'
import type { ComponentKind, SbomComponent, SbomDocument, SbomProperty } from '../document.ts'
import { declaredLicence, extracted, hiddenProperties, slug, spdxId } from '../spdx/shape.ts'

/** One object of the graph, with the names of the SPDX 3.0.1 context. Absent members are left out. */
type Node = Readonly<Record<string, unknown>> & { readonly type: string }
type ElementNode = Node & { readonly spdxId: string }

const context = 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld'
const creationInfo = '_:creationinfo'

/** SPDX 3.0.1 as JSON-LD, in the form that its JSON schema prescribes. */
export function spdx3Json(document: SbomDocument): string {
  const graph = new Graph(document)
  return jsonText({ '@context': context, '@graph': graph.nodes() })
}

class Graph {
  readonly #document: SbomDocument
  readonly #namespace: string

  constructor(document: SbomDocument) {
    this.#document = document
    this.#namespace = `https://spdx.org/spdxdocs/${slug(document.subject?.name ?? 'software')}-${contentUuid(document)}`
  }

  nodes(): Node[] {
    const { created, subject, components } = this.#document
    const all = subject === undefined ? components : [subject, ...components]
    const parts = [
      ...this.#tools(),
      ...this.#suppliers(all),
      ...all.map((component) => this.#package(component)),
      ...this.#licences(all),
      ...this.#relationships(),
      ...this.#unknowns(),
    ]
    const agent = this.#element('agent', 'SoftwareAgent', { name: this.#document.tools[0]?.name ?? 'seawall' })
    return [
      {
        type: 'CreationInfo',
        '@id': creationInfo,
        specVersion: '3.0.1',
        created: created ?? '1970-01-01T00:00:00Z',
        createdBy: [agent.spdxId],
        createdUsing: this.#tools().map((tool) => tool.spdxId),
      },
      agent,
      ...this.#collections([agent, ...parts]),
      ...parts,
    ]
  }

  #collections(parts: readonly ElementNode[]): ElementNode[] {
    const { subject, components } = this.#document
    const roots = (subject === undefined ? components : [subject]).map((component) => this.#id(component))
    const element = parts.map((part) => part.spdxId)
    const sbom = this.#element('sbom', 'software_Sbom', {
      software_sbomType: ['analyzed'],
      rootElement: roots,
      element,
    })
    const document = this.#element('document', 'SpdxDocument', {
      name: subject?.name ?? 'software',
      profileConformance: ['core', 'software', 'simpleLicensing', 'extension'],
      rootElement: [sbom.spdxId],
      element: [sbom.spdxId, ...element],
    })
    return [document, sbom]
  }

  #tools(): ElementNode[] {
    return this.#document.tools.map(({ name, version }, at) =>
      this.#element(`tool-${at}`, 'Tool', { name: version === undefined ? name : `${name}-${version}` }),
    )
  }

  /** An organisation for each name, in the order in which they come. */
  #suppliers(components: readonly SbomComponent[]): ElementNode[] {
    const names = new Set(components.flatMap(({ supplier }) => supplier ?? []))
    return [...names].map((name) => this.#element(supplierKey(name), 'Organization', { name }))
  }

  #package(component: SbomComponent): ElementNode {
    const { name, version, purl, description, hashes, supplier, kind, cpes = [] } = component
    const hidden = hiddenProperties(component)
    return this.#element(keyOf(component), 'software_Package', {
      name,
      description,
      software_packageVersion: version,
      software_packageUrl: purl,
      software_primaryPurpose: purposes[kind],
      suppliedBy: supplier === undefined ? undefined : this.#uri(supplierKey(supplier)),
      verifiedUsing: someOf(hashes.map(({ algorithm, value }) => ({ type: 'Hash', algorithm, hashValue: value }))),
      externalIdentifier: someOf(cpes.filter((cpe) => cpe.startsWith('cpe:2.3:')).map(cpeIdentifier)),
      extension: hidden.length === 0 ? undefined : [extensionOf(hidden)],
    })
  }

  /** Each expression once, and a text for each licence that is not on the SPDX list. */
  #licences(components: readonly SbomComponent[]): ElementNode[] {
    const texts = extracted(components)
    const custom = texts.map(({ licenseId, extractedText, name }) =>
      this.#element(licenseId, 'simplelicensing_SimpleLicensingText', {
        name,
        simplelicensing_licenseText: extractedText,
      }),
    )
    const expressions = new Map(components.map((component) => [this.#licenceId(component), component]))
    const elements = [...expressions.values()].filter(({ licences }) => licences.length > 0)
    return [
      ...custom,
      ...elements.map((component) => {
        const expression = declaredLicence(component.licences)
        const used = extracted([component]).map(({ licenseId }) => ({
          type: 'DictionaryEntry',
          key: licenseId,
          value: this.#uri(licenseId),
        }))
        return this.#element(licenceKey(component), 'simplelicensing_LicenseExpression', {
          simplelicensing_licenseExpression: expression,
          simplelicensing_customIdToUri: someOf(used),
        })
      }),
    ]
  }

  #relationships(): ElementNode[] {
    const { subject, components, unknowns } = this.#document
    const all = subject === undefined ? components : [subject, ...components]
    const ids = new Map(all.map((component) => [component.id, this.#id(component)]))
    const contained = components.map((component) => this.#id(component))
    const contains =
      subject === undefined || contained.length === 0
        ? []
        : [
            this.#element('contains', 'Relationship', {
              from: this.#id(subject),
              relationshipType: 'contains',
              to: contained,
              completeness: unknowns.length === 0 ? 'noAssertion' : 'incomplete',
            }),
          ]
    return [...contains, ...all.flatMap((component) => this.#relationshipsOf(component, ids))]
  }

  #relationshipsOf(component: SbomComponent, ids: ReadonlyMap<string, string>): ElementNode[] {
    const needed = component.dependsOn.flatMap((id) => ids.get(id) ?? [])
    const from = this.#id(component)
    const relation = (relationshipType: string, to: readonly string[]): ElementNode[] =>
      to.length === 0
        ? []
        : [
            this.#element(`${relationshipType}-${keyOf(component)}`, 'Relationship', {
              from,
              relationshipType,
              to,
            }),
          ]
    return [
      ...relation('dependsOn', needed),
      ...relation('hasDeclaredLicense', component.licences.length === 0 ? [] : [this.#licenceId(component)]),
    ]
  }

  #unknowns(): ElementNode[] {
    return this.#document.unknowns.map(({ path, reason }, at) =>
      this.#element(`unknown-${at}`, 'Annotation', {
        annotationType: 'other',
        subject: this.#uri('sbom'),
        contentType: 'application/json',
        statement: JSON.stringify({ 'seawall:unknown': { path, reason } }),
      }),
    )
  }

  #element(key: string, type: string, members: Readonly<Record<string, unknown>>): ElementNode {
    return { type, spdxId: this.#uri(key), creationInfo, ...members }
  }

  #id(component: SbomComponent): string {
    return this.#uri(keyOf(component))
  }

  #licenceId(component: SbomComponent): string {
    return this.#uri(licenceKey(component))
  }

  #uri(key: string): string {
    return `${this.#namespace}#${key}`
  }
}

const purposes: Readonly<Record<ComponentKind, string | undefined>> = {
  package: undefined,
  'operating-system': 'operatingSystem',
  container: 'container',
  directory: 'other',
  file: 'file',
  other: undefined,
}

function keyOf(component: SbomComponent): string {
  return spdxId(component)
}

function supplierKey(name: string): string {
  return spdxId({ ...nothing, id: name, name }).replace('SPDXRef-other-', 'supplier-')
}

function licenceKey({ licences }: SbomComponent): string {
  const expression = declaredLicence(licences)
  return spdxId({ ...nothing, id: expression, name: expression }).replace('SPDXRef-other-', 'licence-')
}

const nothing = { kind: 'other', licences: [], hashes: [], locations: [], properties: [], dependsOn: [] } as const

function cpeIdentifier(identifier: string): Node {
  return { type: 'ExternalIdentifier', externalIdentifierType: 'cpe23', identifier }
}

function extensionOf(properties: readonly SbomProperty[]): Node {
  return {
    type: 'extension_CdxPropertiesExtension',
    extension_cdxProperty: properties.map(({ name, value }) => ({
      type: 'extension_CdxPropertyEntry',
      extension_cdxPropName: name,
      extension_cdxPropValue: value,
    })),
  }
}

function someOf<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items
}
