/** Checks SPDX 3 graphs against the classes, properties and shapes of the official model. */
import { readFileSync } from 'node:fs'

type Linked = Readonly<Record<string, unknown>>
type Node = Readonly<Record<string, unknown>>

interface Shape {
  readonly path: string
  readonly min: number
  readonly max: number
  readonly values: readonly string[]
  readonly targetClass: string | undefined
  readonly pattern: RegExp | undefined
}

interface Class {
  readonly parents: readonly string[]
  readonly shapes: readonly Shape[]
}

export interface Model {
  /** Names of the JSON-LD context and what they stand for. */
  readonly terms: ReadonlyMap<string, string>
  readonly classes: ReadonlyMap<string, Class>
}

const shacl = 'http://www.w3.org/ns/shacl#'
const subClassOf = 'http://www.w3.org/2000/01/rdf-schema#subClassOf'

/** From the folder with `spdx-model.json-ld` and `spdx-context.jsonld`. */
export function readModel(modelPath: string, contextPath: string): Model {
  const nodes = JSON.parse(readFileSync(modelPath, 'utf8')) as (Linked & { '@id': string })[]
  const context = (JSON.parse(readFileSync(contextPath, 'utf8')) as { '@context': Linked })['@context']
  const byId = new Map(nodes.map((node) => [node['@id'], node]))
  const terms = Object.entries(context).map(([name, term]) => {
    const iri = typeof term === 'string' ? term : (term as Linked)['@id']
    return [name, String(iri)] as const
  })
  const classes = nodes.map((node) => {
    const shapes = listed(node, `${shacl}property`).map((id) => shapeOf(byId.get(id) ?? {}))
    return [node['@id'], { parents: listed(node, subClassOf), shapes }] as const
  })
  return { terms: new Map(terms), classes: new Map(classes) }
}

/** Sentences about what is wrong; none for a graph that fits the model. */
export function faultsOfGraph(document: unknown, model: Model): string[] {
  const graph = (document as { '@graph': Node[] })['@graph']
  const byId = new Map(graph.map((node) => [String(node['spdxId'] ?? node['@id']), node]))
  const twice = byId.size === graph.length ? [] : ['two nodes have one identifier']
  return [...twice, ...graph.flatMap((node) => faultsOf(node, model, byId))]
}

function faultsOf(node: Node, model: Model, byId: ReadonlyMap<string, Node>): string[] {
  const type = String(node['type'])
  const shapes = shapesOf(model.terms.get(type) ?? '', model)
  const members = Object.keys(node).filter((key) => !['type', 'spdxId', '@id'].includes(key))
  const paths = new Map(members.map((key) => [model.terms.get(key), key]))
  const foreign = [...paths].filter(([path]) => !shapes.some((shape) => shape.path === path))
  return [
    ...(shapes.length === 0 ? [`${type} is no class`] : []),
    ...foreign.map(([, key]) => `${type} has no ${key}`),
    ...shapes.flatMap((shape) => {
      const value = node[paths.get(shape.path) ?? '']
      const values = value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value]
      return shapeFaults(shape, values, { model, byId }).map((fault) => `${type} ${shape.path}: ${fault}`)
    }),
  ]
}

interface World {
  readonly model: Model
  readonly byId: ReadonlyMap<string, Node>
}

function shapeFaults({ min, max, values, targetClass, pattern }: Shape, given: readonly unknown[], world: World) {
  const faults = given.flatMap((value): string[] => {
    if (typeof value === 'object' && value !== null) return faultsOf(value as Node, world.model, world.byId)
    if (values.length > 0) return values.includes(String(value)) ? [] : [`${String(value)} is none of the values`]
    if (pattern !== undefined) return pattern.test(String(value)) ? [] : [`${String(value)} is not ${pattern}`]
    if (targetClass === undefined) return []
    const target = world.byId.get(String(value))
    if (target === undefined) return [`${String(value)} is not in the graph`]
    const own = world.model.terms.get(String(target['type'])) ?? ''
    return isA(own, targetClass, world.model) ? [] : [`${own} is no ${targetClass}`]
  })
  if (given.length < min) faults.push(`fewer than ${min}`)
  if (given.length > max) faults.push(`more than ${max}`)
  return faults
}

function shapesOf(iri: string, model: Model): Shape[] {
  const own = model.classes.get(iri)
  if (own === undefined) return []
  return [...own.shapes, ...own.parents.flatMap((parent) => shapesOf(parent, model))]
}

function isA(iri: string, ancestor: string, model: Model): boolean {
  return iri === ancestor || (model.classes.get(iri)?.parents ?? []).some((parent) => isA(parent, ancestor, model))
}

function shapeOf(node: Linked): Shape {
  const values = (node[`${shacl}in`] as [{ '@list': { '@id': string }[] }] | undefined)?.[0]['@list'] ?? []
  const pattern = literal(node, `${shacl}pattern`)
  return {
    path: listed(node, `${shacl}path`)[0] ?? '',
    min: Number(literal(node, `${shacl}minCount`) ?? 0),
    max: Number(literal(node, `${shacl}maxCount`) ?? Number.POSITIVE_INFINITY),
    values: values.map((each) => each['@id'].slice(each['@id'].lastIndexOf('/') + 1)),
    targetClass: listed(node, `${shacl}class`)[0],
    pattern: pattern === undefined ? undefined : new RegExp(pattern),
  }
}

function listed(node: Linked, key: string): string[] {
  return ((node[key] ?? []) as { '@id': string }[]).map((each) => each['@id'])
}

function literal(node: Linked, key: string): string | undefined {
  const [first] = (node[key] ?? []) as { '@value': unknown }[]
  return first === undefined ? undefined : String(first['@value'])
}
