import { createHash } from 'node:crypto'
import { parseReference } from '#image/reference.ts'
import { baseOf } from '#kit/path.ts'
import type { Distribution } from '#model/distribution.ts'
import type { Subject, SubjectKind } from '#model/image.ts'
import type { Package, PackageHash, Unknown } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import type { LocatedPackage } from '#model/report.ts'
import { normaliseLicence } from '../licences/normalise.ts'
import { dependencyResolver, type Resolved } from './dependencies.ts'
import type { ComponentKind, SbomComponent, SbomDocument, SbomProperty, SbomTool } from './document.ts'
import { distributionProperties, packageProperties, propertiesOf, propertyNames } from './properties.ts'

export interface ListedPackage extends LocatedPackage {
  /** Id of the cataloger that found it. */
  readonly cataloger?: string | undefined
}

/** What was found in a subject. */
export interface SbomFacts {
  readonly subject: Subject
  readonly distribution: Distribution | undefined
  readonly packages: readonly ListedPackage[]
  readonly unknowns: readonly Unknown[]
}

/** The bill of materials of what was found; the same for the same facts, time and tool. */
export function composeSbom(
  { subject, distribution, packages, unknowns }: SbomFacts,
  { created, tool }: { readonly created: Date; readonly tool: SbomTool },
): SbomDocument {
  const ids = packageIds(packages)
  const resolve = dependencyResolver(packages)
  const system = distribution === undefined ? [] : [systemComponent(distribution)]
  return {
    created: created.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    tools: [tool],
    subject: subjectComponent(subject),
    components: [...system, ...packages.map((found) => packageComponent(found, resolve(found), ids))],
    unknowns,
  }
}

/** Ids of components that are not packages; a package URL is none of these. */
const subjectId = 'subject'
const systemId = 'operating-system'

/** The package URL; of copies in several places also where they are. */
function packageIds(packages: readonly Package[]): ReadonlyMap<Package, string> {
  const copies = Map.groupBy(packages, ({ purl }) => purl)
  return new Map(packages.map((found) => [found, idOf(found, copies.get(found.purl)?.length ?? 1)]))
}

function idOf({ purl, locations }: Package, copies: number): string {
  if (copies === 1) return purl
  const digest = createHash('sha256').update(JSON.stringify(locations)).digest('hex')
  return `${purl}#${digest.slice(0, 16)}`
}

function packageComponent(
  found: ListedPackage,
  { found: needed, missing }: Resolved,
  ids: ReadonlyMap<Package, string>,
): SbomComponent {
  const licences = (found.licences ?? []).map((text) => normaliseLicence(text, found.ecosystem) ?? text)
  const dependsOn = needed.flatMap((one) => ids.get(one) ?? []).filter((id) => id !== ids.get(found))
  return {
    id: ids.get(found) ?? found.purl,
    kind: 'package',
    name: found.name,
    version: found.version,
    purl: found.purl,
    cpes: found.cpes,
    supplier: found.vendor,
    licences: [...new Set(licences)],
    hashes: found.hashes ?? [],
    locations: found.locations,
    properties: packageProperties(found, missing, licences),
    dependsOn: [...new Set(dependsOn)].toSorted(),
  }
}

function systemComponent(distribution: Distribution): SbomComponent {
  return {
    id: systemId,
    kind: 'operating-system',
    name: distribution.id,
    version: distribution.versionId,
    description: distribution.name,
    licences: [],
    hashes: [],
    locations: [],
    properties: distributionProperties(distribution),
    dependsOn: [],
  }
}

function subjectComponent(subject: Subject): SbomComponent {
  const { kind, name, digest, platform } = subject
  const properties: SbomProperty[] = propertiesOf({
    [propertyNames.subjectKind]: kind,
    [propertyNames.digest]: digest,
    [propertyNames.platform]:
      platform && [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join('/'),
  })
  return {
    id: subjectId,
    kind: subjectKind[kind],
    name,
    version: digest,
    purl: subjectPurl(subject),
    licences: [],
    hashes: digestHashes(digest),
    locations: [],
    properties,
    dependsOn: [],
  }
}

const subjectKind: Readonly<Record<SubjectKind, ComponentKind>> = {
  'docker-archive': 'container',
  'oci-archive': 'container',
  'oci-layout': 'container',
  rootfs: 'directory',
  directory: 'directory',
  'docker-engine': 'container',
  'podman-engine': 'container',
  registry: 'container',
  sbom: 'other',
}

function digestHashes(digest: string | undefined): PackageHash[] {
  const value = /^sha256:([0-9a-f]{64})$/.exec(digest ?? '')?.[1]
  return value === undefined ? [] : [{ algorithm: 'sha256', value }]
}

/** Only what a registry gave has an address and a digest that others can use. */
function subjectPurl({ kind, name, digest, platform }: Subject): string | undefined {
  if (kind !== 'registry' || digest === undefined) return undefined
  const { domain, path, tag } = parseReference(name)
  const last = baseOf(path)
  return formatPurl({
    type: 'oci',
    name: last,
    version: digest,
    qualifiers: { repository_url: `${domain}/${path}`, arch: platform?.architecture, tag },
  })
}
