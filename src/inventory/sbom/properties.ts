import type { Distribution } from '#model/distribution.ts'
import type { Unknown } from '#model/package.ts'
import type { ListedPackage } from './compose.ts'
import type { SbomComponent, SbomProperty } from './document.ts'

/** Names of the properties that we write where a format has no field. */
export const propertyNames = {
  architecture: 'seawall:architecture',
  cataloger: 'seawall:cataloger',
  changedSince: 'seawall:changed-since',
  build: 'seawall:distribution:build',
  codename: 'seawall:distribution:codename',
  contentSet: 'seawall:distribution:content-set',
  cpe: 'seawall:cpe',
  digest: 'seawall:subject:digest',
  idLike: 'seawall:distribution:id-like',
  layerCreatedBy: 'seawall:layer:created-by',
  layerDiffId: 'seawall:layer:diff-id',
  layerIndex: 'seawall:layer:index',
  licence: 'seawall:licence',
  location: 'seawall:location',
  module: 'seawall:module',
  origin: 'seawall:origin',
  ownedBy: 'seawall:owned-by',
  platform: 'seawall:subject:platform',
  repository: 'seawall:repository',
  sourceName: 'seawall:source:name',
  sourceVersion: 'seawall:source:version',
  subjectKind: 'seawall:subject:kind',
  unknown: 'seawall:unknown',
  unknownReason: 'seawall:unknown:reason',
  unresolvedDependency: 'seawall:unresolved-dependency',
} as const

type Values = Readonly<Record<string, string | readonly string[] | undefined>>

/** In the order of the names; several values of one name stay in their order. */
export function propertiesOf(values: Values): SbomProperty[] {
  return Object.entries(values)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => listed(value).map((each) => ({ name, value: each })))
}

export function packageProperties(
  found: ListedPackage,
  unresolved: readonly string[],
  licences: readonly string[],
): SbomProperty[] {
  const { layer, source } = found
  return propertiesOf({
    [propertyNames.architecture]: found.architecture,
    [propertyNames.cataloger]: found.cataloger,
    [propertyNames.changedSince]: found.changedSince,
    [propertyNames.layerIndex]: layer && String(layer.index),
    [propertyNames.layerDiffId]: layer?.diffId,
    [propertyNames.layerCreatedBy]: layer?.createdBy?.trim(),
    [propertyNames.licence]: String(licences) === String(found.licences ?? []) ? undefined : found.licences,
    [propertyNames.module]: found.module,
    [propertyNames.origin]: found.origin,
    [propertyNames.ownedBy]: found.ownedBy,
    [propertyNames.repository]: found.repository,
    [propertyNames.sourceName]: source?.name,
    [propertyNames.sourceVersion]: source?.version,
    [propertyNames.unresolvedDependency]: unresolved,
  })
}

export function distributionProperties({ codename, idLike, builds, contentSets }: Distribution): SbomProperty[] {
  return propertiesOf({
    [propertyNames.codename]: codename,
    [propertyNames.idLike]: idLike,
    [propertyNames.build]: builds,
    [propertyNames.contentSet]: contentSets,
  })
}

/** The first value of that name. */
export function valueOf({ properties }: Pick<SbomComponent, 'properties'>, name: string): string | undefined {
  return properties.find((property) => property.name === name)?.value
}

/** All values of that name. */
export function valuesOf({ properties }: Pick<SbomComponent, 'properties'>, name: string): string[] {
  return properties.filter((property) => property.name === name).map(({ value }) => value)
}

function listed(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}

/** The pairs that `unknownProperties` wrote. */
export function readUnknowns(properties: readonly SbomProperty[]): Unknown[] {
  const values = new Map(properties.map(({ name, value }) => [name, value]))
  const paths = properties.filter(({ name }) => /^seawall:unknown:\d{1,9}:path$/.test(name))
  return paths.map(({ name, value }) => ({
    path: value,
    reason: values.get(name.replace(/path$/, 'reason')) ?? 'the SBOM does not say why',
  }))
}
