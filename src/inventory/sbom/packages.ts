import { counted } from '#kit/text.ts'
import type { Distribution } from '#model/distribution.ts'
import type { LayerOrigin } from '#model/image.ts'
import type { Package, Unknown } from '#model/package.ts'
import { formatPurl, type Purl, parsePurl } from '#model/purl.ts'
import type { ListedPackage } from './compose.ts'
import type { SbomComponent, SbomDocument } from './document.ts'
import { propertyNames, valueOf, valuesOf } from './properties.ts'
import { distributionOfComponent, distributionOfPurl } from './purl-distribution.ts'
import { packageOfPurl } from './purl-package.ts'

/** What a bill of materials says is there. */
export interface SbomContents {
  readonly distribution: Distribution | undefined
  /** By package URL, then location. */
  readonly packages: readonly ListedPackage[]
  /** What the document could not read, and what of it we cannot use. */
  readonly unknowns: readonly Unknown[]
}

/** Packages of a document, as far as their package URLs tell what they are. `path` is said of what cannot be used. */
export function packagesOf(document: SbomDocument, path = '/'): SbomContents {
  const isOurs = document.tools.some(({ name }) => name === 'seawall')
  const outcomes = document.components.filter(isSoftware).map((component) => packageOf(component, isOurs))
  const listed = outcomes.filter((outcome) => typeof outcome !== 'string')
  const names = new Map(listed.map(({ component, found }) => [component.id, found]))
  const packages = listed.map(({ component, found }) => withDependencies(found, component, names))
  const system = distributionOf(
    document,
    listed.map(({ purl }) => purl),
  )
  return {
    distribution: system.distribution,
    packages: packages.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    unknowns: [...document.unknowns, ...system.unknowns, ...unusable(outcomes, path)],
  }
}

interface Listed {
  readonly component: SbomComponent
  readonly purl: Purl
  readonly found: ListedPackage
}

/** Why a component is no package for us. */
type Unusable =
  | 'no package URL'
  | 'a malformed package URL'
  | 'a package URL of a type that is not known'
  | 'no version'

/** Files and images are not packages, unless somebody gave them the URL of one. */
function isSoftware({ kind, purl }: SbomComponent): boolean {
  return kind === 'package' || (kind === 'file' && purl !== undefined)
}

/** Our own documents say everything: nothing is told from the package URL that was not there. */
function packageOf(component: SbomComponent, isOurs: boolean): Listed | Unusable {
  if (component.purl === undefined) return 'no package URL'
  const purl = parsePurl(component.purl)
  if (purl === undefined) return 'a malformed package URL'
  const name = component.group === undefined ? component.name : grouped(purl, component.group, component.name)
  const named = packageOfPurl(purl, { name, version: component.version })
  if (named === undefined) return 'a package URL of a type that is not known'
  const { version } = named
  if (version === undefined || version === '') return 'no version'
  return { component, purl, found: described({ ...named, version }, { component, purl, isOurs }) }
}

function grouped({ type }: Purl, group: string, name: string): string {
  return `${group}${type === 'maven' ? ':' : '/'}${name}`
}

function described(
  named: Pick<Package, 'name' | 'version' | 'ecosystem' | 'source' | 'architecture' | 'module'>,
  { component, purl, isOurs }: Omit<Listed, 'found'> & { readonly isOurs: boolean },
): ListedPackage {
  const licences = valuesOf(component, propertyNames.licence)
  const allLicences = licences.length > 0 ? licences : component.licences
  const version = purl.version ?? named.version
  const cpes = [...(component.cpes ?? []), ...valuesOf(component, propertyNames.cpe)]
  return withoutAbsent({
    ...named,
    purl: formatPurl({ ...purl, version }),
    source: sourceOf(component, isOurs) ?? (isOurs ? undefined : named.source),
    architecture: valueOf(component, propertyNames.architecture) ?? (isOurs ? undefined : named.architecture),
    module: valueOf(component, propertyNames.module) ?? (isOurs ? undefined : named.module),
    vendor: component.supplier,
    repository: valueOf(component, propertyNames.repository),
    cpes: cpes.length > 0 ? cpes : undefined,
    licences: allLicences.length > 0 ? allLicences : undefined,
    hashes: component.hashes.length > 0 ? component.hashes : undefined,
    origin: originOf(valueOf(component, propertyNames.origin)),
    ownedBy: valueOf(component, propertyNames.ownedBy),
    changedSince: valueOf(component, propertyNames.changedSince),
    locations: locationsOf(component),
    layer: layerOf(component),
    cataloger: valueOf(component, propertyNames.cataloger),
  })
}

function withoutAbsent(found: ListedPackage): ListedPackage {
  const present = Object.entries(found).filter(([, value]) => value !== undefined)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only members that may be absent are left out
  return Object.fromEntries(present) as unknown as ListedPackage
}

/** Ours, then what Trivy writes. */
function sourceOf(component: SbomComponent, isOurs: boolean): Package['source'] {
  const [name, version] = isOurs
    ? [valueOf(component, propertyNames.sourceName), valueOf(component, propertyNames.sourceVersion)]
    : [valueOf(component, 'aquasecurity:trivy:SrcName'), trivySourceVersion(component)]
  return name === undefined || version === undefined ? undefined : { name, version }
}

function trivySourceVersion(component: SbomComponent): string | undefined {
  const part = (name: string) => valueOf(component, `aquasecurity:trivy:Src${name}`)
  const [epoch, version, release] = [part('Epoch'), part('Version'), part('Release')]
  if (version === undefined) return undefined
  return `${epoch === undefined || epoch === '0' ? '' : `${epoch}:`}${version}${release === undefined ? '' : `-${release}`}`
}

/** Ours, then what Syft and Trivy write. */
function locationsOf(component: SbomComponent): readonly string[] {
  const foreign = component.properties.filter(
    ({ name }) => /^syft:location:\d{1,5}:path$/.test(name) || name === 'aquasecurity:trivy:FilePath',
  )
  const all = [
    ...component.locations,
    ...valuesOf(component, propertyNames.location),
    ...foreign.map(({ value }) => value),
  ]
  return [...new Set(all.map((location) => (location.startsWith('/') ? location : `/${location}`)))]
}

function layerOf(component: SbomComponent): ListedPackage['layer'] {
  const [index, diffId] = [valueOf(component, propertyNames.layerIndex), valueOf(component, propertyNames.layerDiffId)]
  if (diffId === undefined || !/^\d{1,5}$/.test(index ?? '')) return undefined
  return { index: Number(index), diffId, createdBy: valueOf(component, propertyNames.layerCreatedBy) }
}

function withDependencies(
  found: ListedPackage,
  component: SbomComponent,
  packages: ReadonlyMap<string, ListedPackage>,
): ListedPackage {
  const needed = component.dependsOn.flatMap((id) => packages.get(id) ?? [])
  const names = needed.filter(({ ecosystem }) => ecosystem === found.ecosystem).map(({ name }) => name)
  const all = new Set([...names, ...valuesOf(component, propertyNames.unresolvedDependency)])
  return all.size === 0 ? found : { ...found, dependencies: [...all].toSorted() }
}

/** The operating system that is listed, else the one that most package URLs name. */
function distributionOf(
  { components }: SbomDocument,
  purls: readonly Purl[],
): { readonly distribution: Distribution | undefined; readonly unknowns: readonly Unknown[] } {
  const system = components.find(({ kind }) => kind === 'operating-system')
  if (system !== undefined) return { distribution: distributionOfComponent(system), unknowns: [] }
  const named = Map.groupBy(
    purls.flatMap((purl) => distributionOfPurl(purl) ?? []),
    ({ name }) => name,
  )
  const [most, ...others] = [...named.values()].toSorted((a, b) => b.length - a.length)
  const distribution = most?.[0]
  if (distribution === undefined || others.length === 0) return { distribution, unknowns: [] }
  const reason = `its packages are of ${counted(named.size, 'distribution')}: all are judged as ${distribution.name}`
  return { distribution, unknowns: [{ path: '/', reason }] }
}

function unusable(outcomes: readonly (Listed | Unusable)[], path: string): Unknown[] {
  const reasons = outcomes.filter((outcome) => typeof outcome === 'string')
  return [...Map.groupBy(reasons, (reason) => reason)].map(([reason, own]) => ({
    path,
    reason: `${counted(own.length, 'component')} with ${reason}: not judged`,
  }))
}

function keyOf({ purl, locations }: Package): string {
  return [purl, ...locations].join('\0')
}

function originOf(text: string | undefined): LayerOrigin | undefined {
  return text === 'base' || text === 'application' ? text : undefined
}
