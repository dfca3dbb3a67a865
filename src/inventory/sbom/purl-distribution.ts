import type { Distribution } from '#model/distribution.ts'
import { ecosystems } from '#model/ecosystem.ts'
import type { Purl } from '#model/purl.ts'
import type { SbomComponent } from './document.ts'
import { propertyNames, valueOf, valuesOf } from './properties.ts'

/** The operating system that a component stands for. */
export function distributionOfComponent(component: SbomComponent): Distribution {
  const id = distributionId(component.name)
  const { version } = component
  const [builds, contentSets] = [propertyNames.build, propertyNames.contentSet].map((name) => valuesOf(component, name))
  return {
    id,
    versionId: version,
    codename: valueOf(component, propertyNames.codename),
    idLike: valuesOf(component, propertyNames.idLike),
    builds: builds?.length === 0 ? undefined : builds,
    contentSets: contentSets?.length === 0 ? undefined : contentSets,
    name: component.description ?? [component.name, version].filter((part) => part !== undefined).join(' '),
  }
}

/** What the `distro` qualifier says: `debian-12`, `alpine-3.19.1`, `bookworm`, or a bare version of the namespace's. */
export function distributionOfPurl({ type, namespace, qualifiers }: Purl): Distribution | undefined {
  const distro = qualifiers?.['distro']
  if (distro === undefined || namespace === undefined || !packaging.has(type)) return undefined
  const { id, release } = idAndRelease(distro, namespace)
  const isNumber = /^\d/.test(release ?? '')
  return {
    id,
    versionId: isNumber ? release : codenames[release ?? ''],
    codename: isNumber ? undefined : release?.toLowerCase(),
    idLike: [],
    name: [id, release].filter((part) => part !== undefined).join(' '),
  }
}

function idAndRelease(
  distro: string,
  namespace: string,
): { readonly id: string; readonly release: string | undefined } {
  const [, named, release] = /^(.{1,64}?)-(\d[\w.]{0,40}|[a-z]{2,30})$/i.exec(distro) ?? []
  if (named !== undefined) return { id: distributionId(named), release }
  const isRelease = /^\d/.test(distro) || codenames[distro] !== undefined
  return isRelease
    ? { id: distributionId(namespace), release: distro }
    : { id: distributionId(distro), release: undefined }
}

const packaging: ReadonlySet<string> = new Set(
  (['deb', 'apk', 'rpm', 'alpm', 'opkg', 'portage'] as const).map((ecosystem) => ecosystems[ecosystem].purlType),
)

/** Releases that package URLs name without their number. */
const codenames: Readonly<Record<string, string>> = {
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  trusty: '14.04',
  xenial: '16.04',
  bionic: '18.04',
  focal: '20.04',
  jammy: '22.04',
  noble: '24.04',
}

/** As os-release has it, from what other tools call it. */
function distributionId(name: string): string {
  const lower = name.toLowerCase().trim()
  return otherNames[lower] ?? lower.replaceAll(/[^a-z0-9._-]/g, '-').slice(0, 64)
}

const otherNames: Readonly<Record<string, string>> = {
  redhat: 'rhel',
  'red hat enterprise linux': 'rhel',
  alma: 'almalinux',
  amazon: 'amzn',
  oracle: 'ol',
  oraclelinux: 'ol',
  'rocky linux': 'rocky',
  'cbl-mariner': 'mariner',
  'opensuse.leap': 'opensuse-leap',
  'opensuse.tumbleweed': 'opensuse-tumbleweed',
  'suse linux enterprise server': 'sles',
}
