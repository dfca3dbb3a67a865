import { z } from 'zod'
import { parseValue } from '#kit/json.ts'
import type { ComponentKind, SbomComponent, SbomDocument } from '../document.ts'
import { propertiesOf, propertyNames } from '../properties.ts'

const text = z.string().optional()

const Artifact = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  version: z.string(),
  type: text,
  locations: z.array(z.looseObject({ path: z.string() })).nullish(),
  licenses: z.array(z.union([z.string(), z.looseObject({ value: text, spdxExpression: text })])).nullish(),
  cpes: z.array(z.union([z.string(), z.looseObject({ cpe: z.string() })])).nullish(),
  purl: text,
})
type Artifact = z.infer<typeof Artifact>

const Distro = z.looseObject({
  prettyName: text,
  name: text,
  id: text,
  idLike: z.union([z.string(), z.array(z.string())]).nullish(),
  version: text,
  versionID: text,
  versionCodename: text,
})

const Document = z.looseObject({
  artifacts: z.array(Artifact),
  artifactRelationships: z.array(z.looseObject({ parent: z.string(), child: z.string(), type: z.string() })).nullish(),
  source: z
    .looseObject({
      type: text,
      name: text,
      version: text,
      target: z.unknown().optional(),
      metadata: z.unknown().optional(),
    })
    .nullish(),
  distro: Distro.nullish(),
  descriptor: z.looseObject({ name: z.string(), version: text }),
  schema: z.looseObject({ version: z.string() }),
})
type Document = z.infer<typeof Document>

/** Syft's own JSON. Throws `malformed` when it is not. */
export function readSyft(value: unknown, at: string): SbomDocument {
  const syft = parseValue(Document, value, at)
  const needs = dependencies(syft)
  const system = syft.distro == null ? [] : systemOf(syft.distro)
  return {
    format: `Syft JSON ${syft.schema.version.slice(0, 20)}`,
    tools: [{ name: syft.descriptor.name, version: syft.descriptor.version }],
    subject: subjectOf(syft.source),
    components: [...system, ...syft.artifacts.map((artifact) => componentOf(artifact, needs.get(artifact.id) ?? []))],
    unknowns: [],
  }
}

/** A parent is a dependency of its child. */
function dependencies({ artifactRelationships }: Document): ReadonlyMap<string, readonly string[]> {
  const edges = (artifactRelationships ?? []).filter(({ type }) => type === 'dependency-of')
  const byChild = Map.groupBy(edges, ({ child }) => child)
  return new Map(
    [...byChild].map(([child, own]) => [child, [...new Set(own.map(({ parent }) => parent))].toSorted()] as const),
  )
}

const plain = { licences: [], hashes: [], locations: [], properties: [], dependsOn: [] } as const

function componentOf(artifact: Artifact, dependsOn: readonly string[]): SbomComponent {
  const { id, name, version, purl, locations, licenses, cpes } = artifact
  return {
    ...plain,
    id,
    kind: 'package',
    name,
    version: version === '' ? undefined : version,
    purl: purl === '' ? undefined : purl,
    cpes: cpes?.map((cpe) => (typeof cpe === 'string' ? cpe : cpe.cpe)),
    licences: [...new Set((licenses ?? []).flatMap(licenceOf))],
    locations: [...new Set((locations ?? []).map(({ path }) => path))],
    dependsOn,
  }
}

function licenceOf(licence: NonNullable<Artifact['licenses']>[number]): string[] {
  if (typeof licence === 'string') return licence === '' ? [] : [licence]
  const statement = [licence.spdxExpression, licence.value].find((each) => each !== undefined && each !== '')
  return statement === undefined ? [] : [statement]
}

function systemOf({
  id,
  name,
  prettyName,
  version,
  versionID,
  versionCodename,
  idLike,
}: z.infer<typeof Distro>): SbomComponent[] {
  const identifier = [id, name].find((each) => each !== undefined && each !== '')
  if (identifier === undefined) return []
  const release = [versionID, version].find((each) => each !== undefined && each !== '')
  return [
    {
      ...plain,
      id: 'distro',
      kind: 'operating-system',
      name: identifier,
      version: release,
      description: prettyName === '' ? undefined : prettyName,
      properties: propertiesOf({
        [propertyNames.codename]: versionCodename === '' ? undefined : versionCodename,
        [propertyNames.idLike]: typeof idLike === 'string' ? idLike.split(/\s+/).filter(Boolean) : (idLike ?? []),
      }),
    },
  ]
}

const sourceKinds: Readonly<Record<string, ComponentKind>> = {
  image: 'container',
  directory: 'directory',
  file: 'file',
}

const Named = z.looseObject({ userInput: text })

function subjectOf(source: Document['source']): SbomComponent | undefined {
  if (source == null) return undefined
  const input = Named.safeParse(source.metadata ?? source.target)
  const name = source.name ?? (input.success ? input.data.userInput : undefined) ?? 'unnamed'
  return { ...plain, id: 'source', kind: sourceKinds[source.type ?? ''] ?? 'other', name, version: source.version }
}
