import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheHome } from '#kit/cache-home.ts'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { manifestFile } from './manifest.ts'
import { readSealedManifest } from './sealed-manifest.ts'
import { type Trust, trustOf } from './trust.ts'

export interface LocatedDatabase {
  readonly dir: string
  /** `--db`, `SEAWALL_DB`, what `db update` wrote, or what came with the program. */
  readonly origin: 'option' | 'environment' | 'cache' | 'starter'
  /** To be given to `openDatabase`. */
  readonly trust: Trust
}

/** The database that a scan uses. Throws `advisories_missing`, or `usage` where trusted keys are misconfigured. */
export function locateDatabase(
  { db }: { readonly db?: string | undefined },
  { env }: Pick<Context, 'env'>,
): LocatedDatabase {
  const trust = trustOf(env)
  if (db !== undefined) return { dir: db, origin: 'option', trust }
  const named = nonEmpty(env['SEAWALL_DB'])
  if (named !== undefined) return { dir: named, origin: 'environment', trust }
  const cache = cacheDirectory(env)
  const starter = starterDirectory()
  const hasCache = hasDatabase(cache)
  if (starter === undefined && !hasCache) {
    throw new Problem('advisories_missing', 'there is no advisory database yet', {
      at: cache,
      hint: 'Run `seawall db update`, or name a database with --db.',
    })
  }
  if (starter === undefined || (hasCache && builtAt(cache, trust) >= builtAt(starter, trust))) {
    return { dir: cache, origin: 'cache', trust }
  }
  return { dir: starter, origin: 'starter', trust }
}

/** The database that commands write to: a scan with the same options reads it. */
export function writableDirectory({ db }: { readonly db?: string | undefined }, { env }: Pick<Context, 'env'>): string {
  return db ?? nonEmpty(env['SEAWALL_DB']) ?? cacheDirectory(env)
}

export function hasDatabase(dir: string): boolean {
  return existsSync(join(dir, manifestFile))
}

/** Where `db update` writes, unless it is told otherwise. */
export function cacheDirectory(env: Context['env']): string {
  return join(cacheHome(env), 'seawall', 'db')
}

/** Where downloads are kept between updates. */
export function feedsDirectory(env: Context['env']): string {
  return join(cacheHome(env), 'seawall', 'feeds')
}

/** The database that came with the program: beside `src` in a checkout, beside `dist` when built. */
export function starterDirectory(): string | undefined {
  const candidates = ['../data/starter', '../../data/starter'].map((path) => join(import.meta.dirname, path))
  return candidates.find(hasDatabase)
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

function builtAt(dir: string, trust: Trust): number {
  return Date.parse(readSealedManifest(dir, { trust }).manifest.builtAt)
}
