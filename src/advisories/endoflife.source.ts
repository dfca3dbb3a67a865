import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { feedMembers } from './archive.ts'
import type { FeedMember } from './archive-limits.ts'
import { readEntry } from './feed-entry.ts'
import { readHead } from './feed-head.ts'
import { defineSource, type FeedItem, type ReleaseCycle } from './source.ts'

/** Products that are operating systems, with the `ID` of their os-release. */
const distributions: Readonly<Record<string, string>> = {
  almalinux: 'almalinux',
  'alpine-linux': 'alpine',
  'amazon-linux': 'amzn',
  'azure-linux': 'azurelinux',
  centos: 'centos',
  'centos-stream': 'centos',
  debian: 'debian',
  devuan: 'devuan',
  eurolinux: 'eurolinux',
  fedora: 'fedora',
  linuxmint: 'linuxmint',
  mageia: 'mageia',
  opensuse: 'opensuse-leap',
  'oracle-linux': 'ol',
  photon: 'photon',
  postmarketos: 'postmarketos',
  rhel: 'rhel',
  'rocky-linux': 'rocky',
  slackware: 'slackware',
  sles: 'sles',
  ubuntu: 'ubuntu',
}

/** Releases whose name means something else in os-release: CentOS Stream 8 calls itself `centos` `8`, as CentOS 8 does. */
const ambiguous: ReadonlySet<string> = new Set(['centos-stream 8'])

/** A day, or whether it has come already. */
const Day = z.union([z.iso.date(), z.boolean()]).nullish().catch(undefined)

/** A file of the release-data repository. */
const Product = z.object({ releases: z.record(z.string(), z.unknown()) })
const Release = z.object({ name: z.string().min(1), eol: Day, eoes: Day })

/** The whole of the API: https://endoflife.date/docs/api/v1/ */
const Api = z.object({ schema_version: z.string(), result: z.array(z.unknown()) })
const ApiProduct = z.object({ name: z.string(), releases: z.array(z.unknown()) })
const ApiRelease = z
  .object({ name: z.string().min(1), eolFrom: Day, eoesFrom: Day })
  .transform(({ name, eolFrom, eoesFrom }) => ({ name, eol: eolFrom, eoes: eoesFrom }))

export default defineSource({
  id: 'endoflife',
  title: 'endoflife.date',
  licence: 'MIT',
  homepage: 'https://endoflife.date/',
  downloads: [
    { url: 'https://endoflife.date/api/v1/products/full', file: 'products-full.json' },
    {
      url: 'https://github.com/endoflife-date/release-data/archive/refs/heads/main.tar.gz',
      file: 'release-data-main.tar.gz',
    },
  ],
  refreshHours: 24,
  absentMeans: 'unknown',

  recognises(_name, head) {
    const { names, text } = readHead(head)
    const isRepository = names.some((name) => /^release-data[^/]*\/releases\/[^/]+\.json$/.test(name))
    return isRepository || /^\s*\{\s*"schema_version"[^[]{0,300}"result"\s*:\s*\[/.test(text)
  },

  async *read(file, signal) {
    let products = 0
    for await (const member of feedMembers(file, { signal, wants: (name) => productOf(name) !== undefined })) {
      if ('dropped' in member) {
        yield member
        continue
      }
      const items = itemsOf(member)
      if (items === undefined) {
        yield { dropped: { at: member.name, reason: 'not a list of releases' } }
        continue
      }
      products += 1
      yield* items
    }
    if (products === 0) throw new Problem('malformed', 'this holds no releases of a distribution', { at: file.name })
  },
})

/** `debian` of `release-data-main/releases/debian.json`, when that is a distribution. */
function productOf(name: string): string | undefined {
  const product = /(?:^|\/)([a-z0-9-]{1,60})\.json(?:\.gz)?$/.exec(name)?.[1]
  return product !== undefined && Object.hasOwn(distributions, product) ? product : undefined
}

function itemsOf({ name, bytes }: FeedMember): readonly FeedItem[] | undefined {
  const text = bytes.toString()
  const api = readEntry(Api, text)
  if (api !== undefined) return api.result.flatMap(apiItems)
  const releases = readEntry(Product, text)?.releases
  const product = productOf(name)
  if (releases === undefined || product === undefined) return undefined
  return Object.entries(releases).flatMap(([key, value]) =>
    releaseItems(product, `${product} ${key}`, Release.safeParse(value).data),
  )
}

function apiItems(value: unknown, index: number): readonly FeedItem[] {
  const product = ApiProduct.safeParse(value).data
  if (product === undefined) return [{ dropped: { at: `result.${index}`, reason: 'not a product' } }]
  if (!Object.hasOwn(distributions, product.name)) return []
  return product.releases.flatMap((entry, place) =>
    releaseItems(product.name, `${product.name} releases.${place}`, ApiRelease.safeParse(entry).data),
  )
}

type Release = z.infer<typeof Release>

/** A release without a date says nothing. */
function releaseItems(product: string, at: string, release: Release | undefined): readonly FeedItem[] {
  const distribution = distributions[product]
  if (release === undefined || distribution === undefined) return [{ dropped: { at, reason: 'not a release' } }]
  const endOfLife = dateOf(release.eol)
  const endOfExtendedSupport = dateOf(release.eoes)
  const isSilent = endOfLife === undefined && endOfExtendedSupport === undefined
  if (isSilent || ambiguous.has(`${product} ${release.name}`)) return []
  const cycle: ReleaseCycle = {
    distribution,
    release: release.name,
    ...(endOfLife === undefined ? {} : { endOfLife }),
    ...(endOfExtendedSupport === undefined ? {} : { endOfExtendedSupport }),
  }
  return [{ cycle }]
}

function dateOf(day: z.infer<typeof Day>): string | undefined {
  return typeof day === 'string' ? day : undefined
}
