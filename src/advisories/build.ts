import type { KeyObject } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import type { Database } from './database.ts'
import { installDatabase } from './install.ts'
import {
  type ManifestSource,
  manifestBytes,
  manifestFile,
  order,
  sha256,
  shardFile,
  signatureFile,
} from './manifest.ts'
import { type BuildInput, type Reading, readBase, readInput, type SourceReport } from './reading.ts'
import { makeProfileTable, type ProfileTable } from './row-pile.ts'
import { writeShards } from './shard-writing.ts'
import { signatureBytes } from './signature.ts'

export interface BuildOptions {
  readonly builtAt: Date
  /** Without a key the database is not signed. */
  readonly key?: KeyObject | undefined
  /** A database whose other sources are kept as they are. */
  readonly base?: Database | undefined
  /** Told of a source that cannot be read; it keeps what the base has of it, instead of ending the build. */
  readonly onFailure?: ((id: string, problem: Problem) => void) | undefined
  readonly context: Context
}

export interface BuildReport {
  readonly digest: string
  readonly builtAt: string
  readonly bytes: number
  readonly records: number
  readonly sources: readonly SourceReport[]
}

const abandonedMs = 24 * 60 * 60 * 1000

/** Builds a database at `output`, replacing what is there only once the new one is whole. */
export async function buildDatabase(
  output: string,
  inputs: readonly BuildInput[],
  options: BuildOptions,
): Promise<BuildReport> {
  const target = resolve(output)
  const staging = await makeStaging(target, options.context)
  try {
    const profiles = makeProfileTable()
    const spillDir = join(staging, 'rows')
    const readings = await readAllInputs(inputs, { spillDir, profiles }, options)
    if (readings.length === 0 && inputs.length > 0) {
      throw new Problem('advisories_missing', 'none of the feeds could be read', { hint: 'Try again later.' })
    }
    const kept = await keepOthers(readings, { spillDir: join(spillDir, 'base'), profiles }, options)
    const written = await writeShards(staging, profiles, {
      piles: [...readings.map(({ rows }) => rows), ...kept.piles],
      ...specials(readings, options.base),
      signal: options.context.signal,
    })
    const shards = [...written.shards, ...kept.shards]
    for (const { digest } of kept.shards)
      await copyFile(join(kept.dir, shardFile(digest)), join(staging, shardFile(digest)))
    await rm(spillDir, { recursive: true, force: true })
    const counted = readings.map(({ report }) => {
      return { ...report, records: report.records + (written.bySource.get(report.id) ?? 0) }
    })
    const sources = [...counted, ...kept.reports].toSorted((a, b) => order(a.id, b.id))
    const builtAt = options.builtAt.toISOString()
    const manifest = manifestBytes({ schemaVersion: 1, builtAt, sources: sources.map(withoutReport), shards })
    await seal(staging, manifest, options.key)
    await installDatabase(staging, target, options.context)
    const bytes = shards.reduce((sum, { size }) => sum + size, manifest.length)
    const records = shards.reduce((sum, shard) => sum + shard.records, 0)
    return { digest: sha256(manifest), builtAt, bytes, records, sources }
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** Says of an unchanged database that it is of today. */
export async function renewDatabase(output: string, base: Database, options: BuildOptions): Promise<string> {
  const target = resolve(output)
  const staging = await makeStaging(target, options.context)
  try {
    const manifest = manifestBytes({ ...base.sealed.manifest, builtAt: options.builtAt.toISOString() })
    await seal(staging, manifest, options.key)
    await installDatabase(staging, target, options.context)
    return sha256(manifest)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** A directory on the file system of `target`, removed a day later where a build was killed. */
export async function makeStaging(target: string, context: Context): Promise<string> {
  const parent = dirname(target)
  const prefix = `.${basename(target)}.building-`
  await mkdir(parent, { recursive: true })
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue
    const path = join(parent, name)
    const stats = await stat(path).catch(() => undefined)
    if (stats !== undefined && context.now().getTime() - stats.mtimeMs > abandonedMs) {
      await rm(path, { recursive: true, force: true })
    }
  }
  const staging = await mkdtemp(join(parent, prefix))
  await chmod(staging, 0o755)
  return staging
}

interface ReadTarget {
  readonly spillDir: string
  readonly profiles: ProfileTable
}

async function readAllInputs(inputs: readonly BuildInput[], { spillDir, profiles }: ReadTarget, options: BuildOptions) {
  const readings: Reading[] = []
  for (const [index, input] of inputs.entries()) {
    try {
      readings.push(await readInput(input, { spillDir: join(spillDir, String(index)), profiles }, options))
    } catch (error) {
      if (options.onFailure === undefined || !(error instanceof Problem)) throw error
      options.onFailure(input.about?.id ?? input.source.id, error)
    }
  }
  return readings
}

/** Shards that nothing new concerns are kept as they are; of the others, the rows of sources that stay. */
async function keepOthers(readings: readonly Reading[], target: ReadTarget, { base }: BuildOptions) {
  if (base === undefined) return { dir: '', reports: [], piles: [], shards: [] }
  const read = new Set(readings.map(({ report }) => report.id))
  const others = base.sealed.manifest.sources.filter(
    ({ id, standsInFor }) => !read.has(id) && (standsInFor === undefined || !read.has(standsInFor)),
  )
  const sources = new Set(others.map(({ id }) => id))
  const touched = new Set(readings.flatMap(({ rows }) => rows.namespaces))
  const { true: whole = [], false: mixed = [] } = Object.groupBy(base.namespaces, (namespace) =>
    !touched.has(namespace) && sources.isSupersetOf(base.sourcesOf(namespace)) ? 'true' : 'false',
  )
  const shards = base.sealed.manifest.shards.filter(
    ({ kind, namespace }) => kind === 'advisories' && whole.includes(namespace),
  )
  const rows = await readBase(base, { sources, namespaces: mixed }, target)
  const reports = others.map((source): SourceReport => ({ ...source, dropped: 0, reasons: [] }))
  return { dir: base.dir, reports, piles: [rows], shards }
}

function specials(readings: readonly Reading[], base: Database | undefined) {
  const kev = readings.flatMap((reading) => [...reading.kev])
  const cycles = readings.flatMap((reading) => reading.cycles)
  return {
    kev: kev.length > 0 ? kev : [...(base?.kev() ?? [])],
    cycles: cycles.length > 0 ? cycles : (base?.cycles() ?? []),
  }
}

function withoutReport({ dropped: _dropped, reasons: _reasons, ...source }: SourceReport): ManifestSource {
  return source
}

async function seal(staging: string, manifest: Buffer, key: KeyObject | undefined): Promise<void> {
  await writeFile(join(staging, manifestFile), manifest, { flush: true })
  if (key !== undefined) await writeFile(join(staging, signatureFile), signatureBytes(manifest, key), { flush: true })
}
