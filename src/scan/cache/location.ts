import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheHome } from '#kit/cache-home.ts'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { parseBytes } from '#kit/text.ts'

export interface LocatedCache {
  readonly path: string
  /** `--cache`, `SEAWALL_CACHE`, or the user's directory for caches. */
  readonly origin: 'option' | 'environment' | 'home'
  /** Bytes that it may grow to; 0 where there is none: it is not wanted, or the user has no home to put it in. */
  readonly limitBytes: number
}

const usualLimitBytes = 2 * 1024 ** 3

/** The layer cache that a scan uses. Throws `usage` for a size that is none. */
export function locateCache(
  { cache, cacheSize }: { readonly cache?: string | undefined; readonly cacheSize?: string | undefined },
  { env }: Pick<Context, 'env'>,
): LocatedCache {
  const named = env['SEAWALL_CACHE']
  const size = cacheSize ?? (env['SEAWALL_CACHE_MAX'] || undefined)
  const limitBytes = size === undefined ? usualLimitBytes : parseBytes(size)
  if (limitBytes === undefined) {
    throw new Problem('usage', `SEAWALL_CACHE_MAX "${size}" is no size`, { hint: 'Write it as 500MB or 2GiB.' })
  }
  if (cache !== undefined) return { path: cache, origin: 'option', limitBytes }
  if (named !== undefined && named !== '') return { path: named, origin: 'environment', limitBytes }
  const home = cacheHome(env)
  const hasHome = Boolean(env['XDG_CACHE_HOME']) || existsSync(home) || existsSync(dirname(home))
  return { path: join(home, 'seawall', 'layers'), origin: 'home', limitBytes: hasHome ? limitBytes : 0 }
}
