import { ModuleIndex, modulesOf } from './almalinux-modules.ts'
import { readHead } from './feed-head.ts'
import { dateOf, type OsvEntry, osvRecords, otherNames } from './osv.ts'
import { isOfEcosystem, osvEcosystem } from './osv-recognition.ts'
import type { OsvAffected } from './osv-schema.ts'
import { severityOfWords } from './osv-severity.ts'
import type { AdvisoryRecord } from './record.ts'
import { defineSource, type FeedItem } from './source.ts'
import { type VersionOrder, versionOrder } from './version-order.ts'

const id = 'almalinux-osv'
const ecosystem = 'AlmaLinux'

export default defineSource({
  id,
  title: 'AlmaLinux advisories (OSV)',
  licence: 'MIT',
  homepage: 'https://errata.almalinux.org/',
  downloads: [
    {
      url: 'https://github.com/AlmaLinux/osv-database/archive/refs/heads/master.tar.gz',
      file: 'osv-database-master.tar.gz',
    },
  ],
  refreshHours: 6,
  absentMeans: 'unknown',

  recognises(name, head) {
    const isDatabase = readHead(head).names.some((member) => /(?:^|\/)advisories\/almalinux\d{1,3}\//.test(member))
    return isDatabase || isOfEcosystem(osvEcosystem(name, head), ecosystem)
  },

  /** Advisories that do not name their module's stream wait until the others have shown which streams there are. */
  async *read(file, signal) {
    const order = await versionOrder('rpm')
    const index = new ModuleIndex()
    const waiting: Erratum[] = []
    for await (const item of osvRecords(file, { ecosystem, signal })) {
      if ('dropped' in item) {
        yield item
        continue
      }
      for (const erratum of errataOf(item, order)) {
        if (typeof erratum === 'string') {
          yield { dropped: { at: `${item.advisory.id} ${erratum}`, reason: 'no fixed version' } }
          continue
        }
        if (erratum.isModular && erratum.modules.length === 0) {
          waiting.push(erratum)
          continue
        }
        index.add(erratum)
        yield* itemsOf(erratum, erratum.modules)
      }
    }
    for (const erratum of waiting) {
      const modules = index.find(erratum)
      if (modules.length > 0) yield* itemsOf(erratum, modules)
      else
        yield {
          dropped: { at: `${erratum.entry.advisory.id} ${erratum.name}`, reason: 'of a module that is not named' },
        }
    }
  },
})

/** One package of one advisory. */
export interface Erratum {
  readonly entry: OsvEntry
  readonly namespace: string
  readonly name: string
  /** First build that has the fix. */
  readonly fixed: string
  readonly isModular: boolean
  /** `name:stream` of the modules that it may be in. */
  readonly modules: readonly string[]
}

/** A name stands for a package without a fixed version. */
function* errataOf(entry: OsvEntry, order: VersionOrder | undefined): Generator<Erratum | string> {
  const byPackage = Map.groupBy(entry.affected, ({ package: { ecosystem: release, name } }) => `${release} ${name}`)
  for (const group of byPackage.values()) {
    const [first] = group
    if (first === undefined) continue
    const { name } = first.package
    const release = first.package.ecosystem.split(':')[1] ?? ''
    for (const isModular of [false, true]) {
      const builds = group.flatMap(fixedVersions).filter((version) => isModuleBuild(version) === isModular)
      const fixed = firstBuild(builds, release, order)
      if (fixed === undefined) continue
      const modules = isModular ? modulesOf(entry.advisory.summary ?? '') : []
      yield { entry, namespace: `almalinux-${release}`, name, fixed, isModular, modules }
    }
    if (release === '' || group.flatMap(fixedVersions).length === 0) yield name
  }
}

function fixedVersions({ ranges }: OsvAffected): string[] {
  return (ranges ?? []).flatMap(({ events }) => events.flatMap(({ fixed }) => fixed ?? []))
}

/** Packages built as part of a module carry it in their release: `1.24.0-1.module_el9.4.0+97+a2e32ce5`. */
function isModuleBuild(version: string): boolean {
  return version.includes('.module_el') || version.includes('.module+el')
}

/**
 * An advisory lists every build that brought the fix: for other releases and architectures, and rebuilds. So each of
 * them is fixed, and what is older than the oldest one of this release is not.
 */
function firstBuild(builds: readonly string[], release: string, order: VersionOrder | undefined): string | undefined {
  const own = builds.filter((version) => new RegExp(String.raw`[._+]el${release}(?!\d)`).test(version))
  const candidates = own.length > 0 ? own : builds
  return (order === undefined ? candidates : candidates.toSorted(order.compare))[0]
}

function* itemsOf(erratum: Erratum, modules: readonly string[]): Generator<FeedItem> {
  const record = recordOf(erratum)
  if (!erratum.isModular) yield { record }
  for (const module of modules) yield { record: { ...record, module } }
}

function recordOf({ entry: { advisory }, namespace, name, fixed }: Erratum): AdvisoryRecord {
  const published = dateOf(advisory.published)
  return {
    id: advisory.id,
    aliases: cveNames(otherNames(advisory), advisory.related ?? []),
    namespace,
    keyKind: 'binary',
    name,
    scheme: 'rpm',
    ranges: [{ fixed }],
    state: 'affected',
    fixState: 'fixed',
    severity: severityOf(advisory.summary ?? ''),
    ...(published === undefined ? {} : { published }),
    source: id,
  }
}

/** AlmaLinux lists the CVEs that an advisory fixes as `related`. */
function cveNames(names: readonly string[], related: readonly string[]): readonly string[] {
  return [...new Set([...names, ...related.filter((name) => name.startsWith('CVE-'))])]
}

/** `Important: nginx:1.22 security update`, or `… security update (Important)`. */
function severityOf(summary: string): AdvisoryRecord['severity'] {
  return severityOfWords([/^([A-Z][a-z]{2,12}): /.exec(summary)?.[1], /\(([A-Z][a-z]{2,12})\)$/.exec(summary)?.[1]])
}
