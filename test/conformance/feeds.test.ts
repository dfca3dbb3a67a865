import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { advisorySources } from '#advisories/registry.generated.ts'
import type { AdvisorySource } from '#advisories/source.ts'
import { describeShared, shared } from '../helpers/components.ts'

const osv = (ecosystem: string) => `osv/${ecosystem}/all.zip`
const derived = (ecosystem: string) => `derived/ghsa-csv-as-osv/${ecosystem}/all.zip`

describeShared('feeds', () => {
  /** The number of advisories is the one that the feeds' README gives; each is read, or dropped for this reason. */
  it.each<[file: string, source: string, advisories: number, dropped: Readonly<Record<string, number>>]>([
    [osv('Go'), 'osv-go', 4291, { withdrawn: 17 }],
    [osv('crates.io'), 'osv-crates', 1206, { withdrawn: 13 }],
    [osv('PyPI'), 'osv-pypi', 7080, { withdrawn: 269, 'names no version': 11 }],
    // One range begins with a nightly build, which no order of versions places.
    [osv('Bitnami'), 'osv-bitnami', 7444, { 'versions that cannot be compared': 1 }],
    [osv('Julia'), 'osv-julia', 1703, { withdrawn: 4 }],
    [osv('Hackage'), 'osv-hackage', 35, { 'of another ecosystem': 3 }],
    [osv('opam'), 'osv-opam', 26, {}],
    [osv('CRAN'), 'osv-cran', 14, {}],
    [osv('Packagist-Drupal'), 'osv-packagist', 591, {}],
    ['osv/AlmaLinux/osv-database-master.tar.gz', 'almalinux-osv', 5680, { 'of a module that is not named': 33 }],
    [derived('npm'), 'osv-npm', 3621, { withdrawn: 15 }],
    [derived('Maven'), 'osv-maven', 5202, { withdrawn: 6 }],
    [derived('NuGet'), 'osv-nuget', 660, { withdrawn: 1 }],
    ['osv-partial/npm/all.zip', 'osv-npm', 179, {}],
    ['osv-partial/Maven/all.zip', 'osv-maven', 470, {}],
    ['osv-partial/PyPI/all.zip', 'osv-pypi', 47, {}],
    ['osv-partial/RubyGems/all.zip', 'osv-rubygems', 23, {}],
    ['osv-partial/Packagist/all.zip', 'osv-packagist', 19, {}],
    ['osv-partial/Go/all.zip', 'osv-go', 18, {}],
    ['osv-partial/NuGet/all.zip', 'osv-nuget', 18, {}],
    ['osv-partial/crates.io/all.zip', 'osv-crates', 15, {}],
    ['osv-partial/SwiftURL/all.zip', 'osv-swift', 4, {}],
    ['osv-partial/Hex/all.zip', 'osv-hex', 3, {}],
    ['osv-partial/GitHub Actions/all.zip', 'osv-github-actions', 2, {}],
    ['osv-partial/Pub/all.zip', 'osv-pub', 2, {}],
  ])('%s is known and read whole', async (file, id, advisories, dropped) => {
    const source = await sourceOf(file)
    expect(source.id).toBe(id)
    const reading = await readFeed(source, file)
    expect(reading.dropped).toEqual(dropped)
    expect(reading.advisories.size).toBe(advisories)
  })

  it('of Debian have every entry of each release', async () => {
    const file = 'derived/debian-tracker-shaped-from-changelogs.json.gz'
    const { records, packages, advisories, dropped } = await readFeed(await sourceOf(file), file)
    expect(records).toEqual({ 'debian-11': 7034, 'debian-12': 7054, 'debian-13': 4879 })
    expect(new Set([...packages].map((key) => key.split(' ')[1])).size).toBe(191)
    expect(new Set([...advisories].map((key) => key.split(' ')[0])).size).toBe(12_035)
    expect(dropped).toEqual({})
  })

  /**
   * Of the fixes that the README counts (1,902 and 2,099; 9,804 and 6,665), those that stand under several versions
   * of a package become one record, and a line with several CVEs becomes several.
   */
  it.each([
    ['distro/alpine/alpine-secdb-2020-06.tar.gz', 'alpine-3.10', 239, 1871],
    ['distro/alpine/alpine-secdb-2020-06.tar.gz', 'alpine-3.11', 260, 2066],
    ['derived/alpine-secdb-from-aports-2026-08.tar.gz', 'alpine-edge', 765, 9745],
    ['derived/alpine-secdb-from-aports-2026-08.tar.gz', 'alpine-3.18', 568, 6644],
  ])('of Alpine in %s have every package of %s', async (file, namespace, packages, records) => {
    const reading = await readFeed(await sourceOf(file), file)
    expect([...reading.packages].filter((key) => key.startsWith(`${namespace} `))).toHaveLength(packages)
    expect(reading.records[namespace]).toBe(records)
    expect(reading.dropped).toEqual({})
  })

  it('of known exploited faults and of releases are read whole', async () => {
    const kev = await readFeed(await sourceOf('enrich/kev/kev.tar.gz'), 'enrich/kev/kev.tar.gz')
    expect(kev).toMatchObject({ kev: 1653, dropped: {} })
    const file = 'enrich/eol/endoflife-release-data-main.tar.gz'
    const { cycles, dropped } = await readFeed(await sourceOf(file), file)
    expect(dropped).toEqual({})
    expect(cycles.get('debian 10')).toEqual({ endOfLife: '2022-09-10', endOfExtendedSupport: '2024-06-30' })
    expect(cycles.get('debian 12')).toEqual({ endOfLife: '2026-07-11', endOfExtendedSupport: '2028-06-30' })
    expect(cycles.get('alpine 3.19')).toEqual({ endOfLife: '2025-11-01' })
    expect(cycles.get('rocky 9')).toEqual({ endOfLife: '2032-05-31' })
    expect(cycles.get('rhel 9')).toEqual({ endOfLife: '2032-05-31', endOfExtendedSupport: '2036-05-31' })
    expect(cycles.get('sles 15.6')).toEqual({ endOfLife: '2025-12-31', endOfExtendedSupport: '2028-12-31' })
  })
})

async function sourceOf(file: string): Promise<AdvisorySource> {
  const sources = await Promise.all(Object.values(advisorySources).map(async (load) => (await load()).default))
  await using handle = await open(shared('feeds', file))
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024))
  const found = sources.filter((source) => source.recognises(basename(file), buffer.subarray(0, bytesRead)))
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`${file}: recognised by ${found.length} sources`)
  return only
}

async function readFeed(source: AdvisorySource, file: string) {
  const advisories = new Set<string>()
  const ids = new Set<string>()
  const packages = new Set<string>()
  const records: Record<string, number> = {}
  const dropped: Record<string, number> = {}
  const dropPlaces: string[] = []
  const cycles = new Map<string, object>()
  let kev = 0
  const feed = { name: basename(file), open: () => createReadStream(shared('feeds', file)) }
  for await (const item of source.read(feed, AbortSignal.timeout(120_000))) {
    if ('dropped' in item) {
      dropped[item.dropped.reason] = (dropped[item.dropped.reason] ?? 0) + 1
      dropPlaces.push(item.dropped.at)
    } else if ('cycle' in item) {
      const { distribution, release, ...dates } = item.cycle
      cycles.set(`${distribution} ${release}`, dates)
    } else if ('kev' in item) kev += 1
    else if ('record' in item) {
      const { id, name, namespace } = item.record
      ids.add(id)
      advisories.add(`${id} ${namespace}`)
      packages.add(`${namespace} ${name}`)
      records[namespace] = (records[namespace] ?? 0) + 1
    }
  }
  for (const [id = ''] of dropPlaces.map((place) => place.split(' '))) if (!ids.has(id)) advisories.add(id)
  return { advisories, packages, records, dropped, cycles, kev }
}
