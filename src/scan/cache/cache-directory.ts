import { randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const directoryMode = 0o700
const fileMode = 0o600
/** What another program may have left, or damage made of it. */
const fileLimitBytes = 1024 ** 3
/** What a process that was killed left behind. */
const abandonedMs = 60 * 60 * 1000

/** Raised when files of older programs are of no use to this one. */
const formatFolder = 'v1'

export interface StoredFile {
  /** Below the directory. */
  readonly name: string
  readonly bytes: number
  readonly usedAt: Date
}

/** Says, for a person, why there is no cache. */
export class CacheFailure extends Error {
  override readonly name = 'CacheFailure'
}

/**
 * Files that are written aside and renamed, so that readers see a whole one or none; any of them may disappear at any
 * time. Reading never fails: what cannot be read is not there.
 */
export class CacheDirectory {
  readonly path: string

  constructor(path: string) {
    this.path = join(path, formatFolder)
  }

  /** Makes the directory, and refuses one that others may write to: they could make us believe anything of an image. */
  async prepare(): Promise<void> {
    try {
      await mkdir(join(this.path, 'new'), { recursive: true, mode: directoryMode })
    } catch (cause) {
      throw failure(cause)
    }
    if (!(await this.isOurs())) throw new CacheFailure('others may write to it')
    // It may be there; where it cannot be written, so be it.
    await writeFile(join(this.path, 'CACHEDIR.TAG'), tagText, { flag: 'wx', mode: fileMode }).catch(() => undefined)
  }

  /** Whether it is there and only this user can have written it. */
  async isOurs(): Promise<boolean> {
    const stats = await lstat(this.path).catch(() => undefined)
    return stats?.isDirectory() === true && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0
  }

  /** The content, marked as used now. */
  async read(name: string): Promise<Buffer | undefined> {
    try {
      await using file = await open(join(this.path, name), constants.O_RDONLY | constants.O_NOFOLLOW)
      const stats = await file.stat()
      if (!stats.isFile() || stats.size > fileLimitBytes) return undefined
      const content = await file.readFile()
      const now = new Date()
      await file.utimes(now, now).catch(() => undefined)
      return content
    } catch {
      return undefined
    }
  }

  /** Marks as used now; false when there is no such file. */
  async touch(name: string): Promise<boolean> {
    const now = new Date()
    return utimes(join(this.path, name), now, now).then(
      () => true,
      () => false,
    )
  }

  /** Throws `CacheFailure`. */
  async write(name: string, content: Buffer): Promise<void> {
    const path = join(this.path, name)
    const aside = join(this.path, 'new', randomUUID())
    try {
      await mkdir(dirname(path), { recursive: true, mode: directoryMode })
      await mkdir(dirname(aside), { recursive: true, mode: directoryMode })
      await writeFile(aside, content, { flag: 'wx', mode: fileMode })
      await rename(aside, path)
    } catch (cause) {
      await rm(aside, { force: true }).catch(() => undefined)
      throw failure(cause)
    }
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name), { recursive: true, force: true }).catch(() => undefined)
  }

  /** Every file that is stored, the one used longest ago first. */
  async list(): Promise<StoredFile[]> {
    const folders = ['layers', 'contents', 'images', 'inventories']
    const found = (await Promise.all(folders.map((folder) => this.#filesIn(folder)))).flat()
    return found.toSorted((one, other) => one.usedAt.getTime() - other.usedAt.getTime())
  }

  /** Removes what killed processes left in the middle of writing or reading. */
  async sweep(now: Date): Promise<void> {
    for (const folder of ['new', 'leases']) {
      for (const { name, usedAt } of await this.#filesIn(folder)) {
        if (now.getTime() - usedAt.getTime() > abandonedMs) await this.remove(name)
      }
    }
  }

  async #filesIn(folder: string): Promise<StoredFile[]> {
    const names = await readdir(join(this.path, folder), { recursive: true }).catch(() => [])
    const files: StoredFile[] = []
    for (const name of names) {
      const stats: Stats | undefined = await stat(join(this.path, folder, name)).catch(() => undefined)
      if (stats?.isFile() === true) files.push({ name: join(folder, name), bytes: stats.size, usedAt: stats.mtime })
    }
    return files
  }
}

/** Lets backup programs pass it by (bford.info/cachedir). */
const tagText = 'Signature: 8a477f597d28d172789f06886806bc55\n# This is the cache of Seawall; it may be deleted.\n'

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'it is read-only',
  ENOSPC: 'there is no space left',
  EFBIG: 'there is no space left',
  EDQUOT: 'there is no space left',
  ENOTDIR: 'it is no directory',
  EEXIST: 'it is no directory',
}

export function failure(cause: unknown): CacheFailure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return new CacheFailure(reasons[code] ?? `it cannot be written (${code || String(cause)})`, { cause })
}
