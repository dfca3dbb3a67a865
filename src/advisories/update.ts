import type { KeyObject } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mapConcurrently } from '#kit/concurrency.ts'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { type BuildOptions, type BuildReport, buildDatabase, renewDatabase } from './build.ts'
import type { Database } from './database.ts'
import { type FeedOutcome, fetchFeed } from './feed-download.ts'
import { whileLocked } from './lock.ts'
import { sha256 } from './manifest.ts'
import type { BuildInput } from './reading.ts'
import { feedFile } from './recipe.ts'
import type { AdvisorySource } from './source.ts'

export interface UpdateOptions {
  readonly target: string
  /** Where downloads are kept from one update to the next. */
  readonly feeds: string
  /** What is there already: its data stays wherever an update fails. */
  readonly base?: Database | undefined
  /** True when `base` is what `target` holds. */
  readonly isBaseInPlace: boolean
  readonly key: KeyObject
  /** Where a source is really downloaded from. */
  readonly addresses: (source: AdvisorySource) => AdvisorySource['downloads']
  readonly context: Context
}

interface SourceUpdate {
  readonly id: string
  readonly outcome: 'updated' | 'unchanged' | 'failed'
  /** Downloaded now. */
  readonly bytes: number
  readonly problems: readonly Problem[]
}

export interface UpdateReport {
  readonly sources: readonly SourceUpdate[]
  /** Digest of the manifest that is now in place; absent when nothing could be updated and the old one stays. */
  readonly digest?: string | undefined
  readonly build?: BuildReport | undefined
}

const parallelDownloads = 4

/** Downloads what changed and rebuilds. Throws `advisories_missing` when neither new nor old data is left. */
export async function updateDatabase(
  sources: readonly AdvisorySource[],
  options: UpdateOptions,
): Promise<UpdateReport> {
  await mkdir(options.feeds, { recursive: true })
  const lock = join(options.feeds, 'update.lock')
  return whileLocked(lock, options.context.signal, () => updateAlone(sources, options))
}

async function updateAlone(sources: readonly AdvisorySource[], options: UpdateOptions): Promise<UpdateReport> {
  const { target, base, key, context, isBaseInPlace } = options
  const fetched = await fetchAll(sources, options)
  const plans = sources.map((source) => planFor(source, fetched.get(source.id) ?? [], base))
  const failures = new Map<string, Problem>()
  const settings = { builtAt: context.now(), key, context }
  const build = await buildAnew(target, plans, {
    ...settings,
    base,
    onFailure: (id, problem) => failures.set(id, problem),
  })
  const updates = plans.map(({ update }) => withFailure(update, failures.get(update.id)))
  if (build !== undefined) return { sources: updates, digest: build.digest, build }
  if (base === undefined) throw nothingLeft(updates)
  const isChecked = isBaseInPlace && updates.some(({ outcome }) => outcome === 'unchanged')
  return { sources: updates, digest: isChecked ? await renewDatabase(target, base, settings) : undefined }
}

/** `undefined` when there is nothing new that could be read. */
async function buildAnew(
  target: string,
  plans: readonly Plan[],
  options: BuildOptions,
): Promise<BuildReport | undefined> {
  const inputs = plans.flatMap(({ input }) => input ?? [])
  if (inputs.length === 0) return undefined
  try {
    return await buildDatabase(target, inputs, options)
  } catch (error) {
    if (error instanceof Problem && error.code === 'advisories_missing') return undefined
    throw error
  }
}

async function fetchAll(sources: readonly AdvisorySource[], { feeds, addresses, context }: UpdateOptions) {
  const wanted = sources.flatMap((source) => addresses(source).map((address) => ({ source, ...address })))
  const outcomes = await mapConcurrently(wanted, parallelDownloads, async ({ source, url, file }) => {
    const dir = join(feeds, encodeURIComponent(source.id))
    return { id: source.id, file, outcome: await fetchFeed(url, file, dir, context) }
  })
  return Map.groupBy(outcomes, ({ id }) => id)
}

interface Plan {
  readonly update: SourceUpdate
  /** What is to be read again. */
  readonly input?: BuildInput | undefined
}

/** A source is read from all its files or not at all; only files that its server no longer has are left out. */
function planFor(
  source: AdvisorySource,
  files: readonly { readonly file: string; readonly outcome: FeedOutcome }[],
  base: Database | undefined,
): Plan {
  const { id } = source
  const problems = files.flatMap(({ outcome }) => ('problem' in outcome ? outcome.problem : []))
  const copies = files.flatMap(({ file, outcome }) => ('copy' in outcome ? { file, ...outcome.copy } : []))
  const bytes = files.reduce((sum, { outcome }) => sum + (outcome.kind === 'fetched' ? outcome.copy.bytes : 0), 0)
  const isUsable = copies.length > 0 && files.every(({ outcome }) => outcome.kind !== 'failed')
  if (!isUsable) return { update: { id, outcome: 'failed', bytes, problems } }
  const inputs = sha256(copies.map((copy) => `${copy.file} ${copy.sha256}\n`).join(''))
  const known = base?.sealed.manifest.sources.find((entry) => entry.id === id)
  const isNews = files.some(({ outcome }) => outcome.kind === 'fetched' || outcome.kind === 'unchanged')
  if (known?.inputs === inputs) {
    return { update: { id, outcome: isNews ? 'unchanged' : 'failed', bytes, problems } }
  }
  const changes = copies.flatMap(({ changedAt }) => changedAt?.toISOString().slice(0, 10) ?? [])
  const about = { inputs, ...(changes.length === 0 ? {} : { asOf: changes.toSorted().at(-1) }) }
  const input = { source, files: copies.map(({ path, file }) => feedFile(path, file)), about }
  return { update: { id, outcome: 'updated', bytes, problems }, input }
}

function withFailure(update: SourceUpdate, problem: Problem | undefined): SourceUpdate {
  return problem === undefined ? update : { ...update, outcome: 'failed', problems: [...update.problems, problem] }
}

function nothingLeft(updates: readonly SourceUpdate[]): Problem {
  const [first] = updates.flatMap(({ problems }) => problems)
  const why = first === undefined ? '' : `: ${first.message}`
  return new Problem('advisories_missing', `no advisory data could be downloaded${why}`, {
    at: first?.at,
    cause: first,
    hint: first?.hint ?? 'Check the network, or bring a database with `seawall db import`.',
  })
}
