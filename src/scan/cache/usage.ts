import { CacheDirectory } from './cache-directory.ts'
import { sizeOf } from './layer-cache.ts'

export interface CacheUsage {
  readonly layers: number
  /** Files that layers may share. */
  readonly contents: number
  /** Configurations of images that an engine gave. */
  readonly images: number
  readonly bytes: number
  readonly oldestUse: Date | undefined
  readonly newestUse: Date | undefined
}

export async function cacheUsage(path: string): Promise<CacheUsage> {
  const files = await new CacheDirectory(path).list()
  const countIn = (folder: string) => files.filter(({ name }) => name.startsWith(`${folder}/`)).length
  return {
    layers: countIn('layers'),
    contents: countIn('contents'),
    images: countIn('images'),
    bytes: sizeOf(files),
    oldestUse: files[0]?.usedAt,
    newestUse: files.at(-1)?.usedAt,
  }
}

/**
 * Removes what was last used before `before`, or everything. Scans that run at the same time read again what they miss.
 */
export async function cleanCache(
  path: string,
  before: Date | undefined,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const directory = new CacheDirectory(path)
  const old = (await directory.list()).filter(({ usedAt }) => before === undefined || usedAt < before)
  for (const { name } of old) await directory.remove(name)
  return { files: old.length, bytes: sizeOf(old) }
}
