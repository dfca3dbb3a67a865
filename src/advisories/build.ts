import type { KeyObject } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import type { Database } from './database.ts'
import { installDatabase } from './install.ts'
import { type ManifestSource, manifestBytes, manifestFile, order, sha256, signatureFile } from './manifest.ts'
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
  /** A source that cannot be read is reported and keeps what the base has of it, instead of ending the build. */
  readonly isTolerant?: boolean | undefined
  readonly context: Context
}

export interface BuildReport {
  readonly digest: string
  readonly builtAt: string
  readonly bytes: number
  readonly records: number
  readonly sources: readonly SourceReport[]
  /** Sources that could not be read, in a tolerant build. */
  readonly failures: readonly { readonly id: string; readonly problem: Problem }[]
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
    const { readings, failures } = await readAllInputs(inputs, { spillDir, profiles }, options)
    if (failures[0] !== undefined && readings.length === 0 && options.base === undefined) throw failures[0].problem
    const kept = await keepOthers(readings, { spillDir: join(spillDir, 'base'), profiles }, options)
    const { shards, bySource } = await writeShards(staging, profiles, {
      piles: [...readings, ...kept].map(({ rows }) => rows),
      ...specials(readings, options.base),
    })
    await rm(spillDir, { recursive: true, force: true })
    const reports = [...readings.map(({ report }) => report), ...kept.flatMap((base) => base.reports)]
    const sources = reports
      .map((source) => ({ ...source, records: source.records + (bySource.get(source.id) ?? 0) }))
      .toSorted((a, b) => order(a.id, b.id))
    const builtAt = options.builtAt.toISOString()
    const manifest = manifestBytes({ schemaVersion: 1, builtAt, sources: sources.map(withoutReport), shards })
    await seal(staging, manifest, options.key)
    await installDatabase(staging, target, options.context)
    const bytes = shards.reduce((sum, { size }) => sum + size, manifest.length)
    const records = shards.reduce((sum, shard) => sum + shard.records, 0)
    return { digest: sha256(manifest), builtAt, bytes, records, sources, failures }
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
  const failures: { id: string; problem: Problem }[] = []
  for (const [index, input] of inputs.entries()) {
    try {
      readings.push(await readInput(input, { spillDir: join(spillDir, String(index)), profiles }, options))
    } catch (error) {
      if (options.isTolerant !== true || !(error instanceof Problem)) throw error
      failures.push({ id: input.about?.id ?? input.source.id, problem: error })
    }
  }
  return { readings, failures }
}

async function keepOthers(readings: readonly Reading[], target: ReadTarget, { base }: BuildOptions) {
  if (base === undefined) return []
  const read = new Set(readings.map(({ report }) => report.id))
  const others = base.sealed.manifest.sources.filter(
    ({ id, standsInFor }) => !read.has(id) && (standsInFor === undefined || !read.has(standsInFor)),
  )
  return [await readBase(base, others, target)]
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
