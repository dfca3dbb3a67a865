import { load } from 'js-yaml'
import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import type { Range } from '#model/finding.ts'
import { identifiersOf } from './alpine-identifiers.ts'
import { feedMembers } from './archive.ts'
import type { FeedMember } from './archive-limits.ts'
import { readHead } from './feed-head.ts'
import type { AdvisoryRecord } from './record.ts'
import { defineSource, type FeedItem } from './source.ts'
import { type VersionOrder, versionOrder } from './version-order.ts'

const id = 'alpine-secdb'
const newestBranch = 24
const oldestBranch = 10
const branches = [
  ...Array.from({ length: newestBranch - oldestBranch + 1 }, (_, index) => `v3.${oldestBranch + index}`),
  'edge',
]

const Document = z.object({ distroversion: z.string(), packages: z.array(z.unknown()).nullable() })
const Entry = z.object({
  pkg: z.object({ name: z.string().min(1), secfixes: z.record(z.string(), z.unknown()).nullable() }),
})
const Identifiers = z.array(z.string()).nullable()

export default defineSource({
  id,
  title: 'Alpine security database',
  licence: 'not stated',
  homepage: 'https://secdb.alpinelinux.org/',
  downloads: branches.flatMap((branch) =>
    ['main', 'community'].map((repository) => ({
      url: `https://secdb.alpinelinux.org/${branch}/${repository}.json`,
      file: `${branch}-${repository}.json`,
    })),
  ),
  refreshHours: 6,
  absentMeans: 'unknown',

  recognises(_name, head) {
    const { names, text } = readHead(head)
    return names.some(isBranchFile) || (/["\n]?distroversion"?:/.test(text) && /["\n]reponame"?:/.test(text))
  },

  async *read(file, signal) {
    const order = await versionOrder('apk')
    let documents = 0
    for await (const member of feedMembers(file, { signal, wants: isBranchFile })) {
      if ('dropped' in member) {
        yield member
        continue
      }
      const document = parseDocument(member)
      if (document === undefined) {
        yield { dropped: { at: member.name, reason: 'not a list of fixes' } }
        continue
      }
      documents += 1
      yield* documentItems(document, order)
    }
    if (documents === 0) throw new Problem('malformed', 'this is not an Alpine security database', { at: file.name })
  },
})

function isBranchFile(name: string): boolean {
  return /(?:^|\/)(?:v\d+\.\d+|edge)[/-](?:main|community)\.(?:json|ya?ml)$/.test(name)
}

type Document = z.infer<typeof Document>

/** JSON, or YAML as it was before 2020. */
function parseDocument({ bytes }: FeedMember): Document | undefined {
  const text = bytes.toString()
  try {
    const value: unknown = /^\s*\{/.test(text) ? JSON.parse(text) : load(text)
    return Document.safeParse(value).data
  } catch {
    return undefined
  }
}

function* documentItems({ distroversion, packages }: Document, order: VersionOrder | undefined): Generator<FeedItem> {
  const namespace = `alpine-${distroversion.replace(/^v/, '')}`
  for (const [index, value] of (packages ?? []).entries()) {
    const entry = Entry.safeParse(value).data
    if (entry === undefined) yield { dropped: { at: `${distroversion} packages.${index}`, reason: 'not a package' } }
    else yield* packageItems(namespace, entry.pkg, order)
  }
}

interface Fix {
  readonly aliases: Set<string>
  readonly versions: string[]
}

function* packageItems(
  namespace: string,
  { name, secfixes }: z.infer<typeof Entry>['pkg'],
  order: VersionOrder | undefined,
): Generator<FeedItem> {
  const fixes = new Map<string, Fix>()
  for (const [version, value] of Object.entries(secfixes ?? {})) {
    const list = Identifiers.safeParse(value)
    if (!list.success) yield { dropped: { at: `${namespace} ${name} ${version}`, reason: 'not a list of identifiers' } }
    for (const text of list.data ?? []) {
      const identifiers = identifiersOf(text)
      if (identifiers.length === 0)
        yield { dropped: { at: `${namespace} ${name} ${version}`, reason: 'no identifier' } }
      for (const { id: identifier, aliases } of identifiers) {
        const fix = fixes.get(identifier) ?? { aliases: new Set(), versions: [] }
        for (const alias of aliases) fix.aliases.add(alias)
        fix.versions.push(version)
        fixes.set(identifier, fix)
      }
    }
  }
  const owners = Map.groupBy(
    fixes.values().flatMap(({ aliases }) => aliases),
    (alias) => alias,
  )
  for (const [identifier, fix] of fixes) {
    // A name that stands beside several CVEs, as an XSA often does, is the name of none of them.
    const aliases = [...fix.aliases].filter((alias) => owners.get(alias)?.length === 1)
    const { versions } = fix
    yield { record: { id: identifier, aliases, namespace, name, ...common, ...extentOf(versions, order) } }
  }
}

const common = { keyKind: 'source', scheme: 'apk', severity: 'unknown', source: id } as const

/**
 * Version `0` says that the package never had the fault. Where one identifier stands beside several versions, the first
 * fix was incomplete or was lost on the way to a new upstream version, so only the last one counts as fixed.
 */
function extentOf(versions: readonly string[], order: VersionOrder | undefined): Extent {
  const fixed = versions.filter((version) => version !== '0')
  if (fixed.length === 0) return { ranges: [], state: 'not-affected', fixState: 'unknown' }
  const isOrdered = order !== undefined && fixed.every((version) => order.isVersion(version))
  const last = isOrdered ? fixed.toSorted(order.compare).slice(-1) : [...new Set(fixed)]
  const ranges: readonly Range[] = last.map((version) => ({ fixed: version }))
  return { ranges, state: 'affected', fixState: 'fixed' }
}

type Extent = Pick<AdvisoryRecord, 'ranges' | 'state' | 'fixState'>
