import { Buffer } from 'node:buffer'
import {
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
} from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { Progress } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { joined } from '#kit/limits.ts'
import { decodeName } from '#kit/path.ts'
import type { Unknown } from '#model/package.ts'
import type { Entry, EntryType, LayerContents, Selector } from './entry.ts'
import { fileSystemKind } from './file-system-kind.ts'
import type { ImageLimits } from './limits.ts'
import { FileReader, whyRefused } from './rootfs-file.ts'

export interface WalkOptions {
  readonly selector: Selector
  readonly limits: ImageLimits
  readonly signal: AbortSignal
  readonly progress?: (step: Progress) => void
  /** Asked of every path, of a folder before what is in it: true passes it over. */
  readonly isExcluded?: ((path: string) => boolean) | undefined
  /** Links that lead outside are told and left out. Without it the directory is the root that they are relative to. */
  readonly isClosed?: boolean
}

/**
 * Reads a directory tree as one layer. Every step opens a name relative to the directory above it, so that a
 * symlink put in place meanwhile is never followed; mounts of kernel file systems are passed over.
 */
export async function walkRootfs(root: string, options: WalkOptions): Promise<LayerContents> {
  const walk = new Walk(options)
  await walk.run(root)
  return walk.contents()
}

/** A directory that is being read: its descriptor stays open until its last name was seen. */
interface OpenDirectory {
  readonly path: string
  readonly descriptor: number
  /** What its names are opened below: where the system allows it, the descriptor and not the path. */
  readonly place: Buffer
  readonly stats: BigIntStats
  /** Its names in the order of their bytes, last first. */
  readonly names: Buffer[]
}

/** After so many entries others get their turn, and an abort is noticed. */
const entriesPerTurn = 512

class Walk {
  readonly #options: WalkOptions
  readonly #entries: Entry[] = []
  readonly #unknowns: Unknown[] = []
  readonly #reader: FileReader
  /** Path of the first name of every file that has several, by device and inode. */
  readonly #linked = new Map<string, string>()
  /** From the root down to the directory that is being read. */
  readonly #path: OpenDirectory[] = []
  #bytes = 0

  constructor(options: WalkOptions) {
    this.#options = options
    this.#reader = new FileReader(options, this.#unknowns)
  }

  contents(): LayerContents {
    return { entries: this.#entries, unknowns: this.#unknowns, bytes: this.#bytes }
  }

  async run(root: string): Promise<void> {
    this.#options.signal.throwIfAborted()
    try {
      const top = this.#open(Buffer.from(root), directoryFlags & ~constants.O_NOFOLLOW, '')
      this.#add('', 'directory', top.stats)
      this.#path.push(top)
      for (let turn = 1; this.#step(); turn += 1) {
        if (turn % entriesPerTurn === 0) await this.#pause()
      }
      this.#options.progress?.({ task: 'files seen', done: this.#entries.length, unit: 'items', finished: true })
    } finally {
      for (const { descriptor } of this.#path) closeSync(descriptor)
    }
  }

  #step(): boolean {
    const current = this.#path.at(-1)
    if (current === undefined) return false
    const name = current.names.pop()
    if (name === undefined) {
      this.#path.pop()
      closeSync(current.descriptor)
      return true
    }
    const below = this.#visit(current, name)
    if (below !== undefined) this.#path.push(below)
    return true
  }

  async #pause(): Promise<void> {
    await setImmediate()
    const { signal, progress } = this.#options
    signal.throwIfAborted()
    progress?.({ task: 'files seen', done: this.#entries.length, unit: 'items' })
  }

  #open(place: Buffer, flags: number, path: string): OpenDirectory {
    const descriptor = openSync(place, flags)
    try {
      const below = hasDescriptorPaths ? Buffer.from(`/proc/self/fd/${descriptor}`) : place
      const names = readdirSync(below, { encoding: 'buffer' }).toSorted((left, right) => Buffer.compare(right, left))
      return { path, descriptor, place: below, stats: fstatSync(descriptor, { bigint: true }), names }
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }

  /** Takes one name in; a directory that is to be read next is returned open. */
  #visit(parent: OpenDirectory, name: Buffer): OpenDirectory | undefined {
    const path = parent.path === '' ? decodeName(name) : `${parent.path}/${decodeName(name)}`
    if (this.#options.isExcluded?.(path) === true) return undefined
    const { pathDepth, pathBytes, entries } = this.#options.limits
    if (this.#entries.length >= entries)
      throw new Problem('limit_exceeded', `more than ${entries} entries`, { at: path })
    if (this.#path.length > pathDepth || path.length > pathBytes) {
      return this.#unknown(path, 'its path is too deep or too long')
    }
    try {
      return this.#take(parent, path, joined([parent.place, separator, name], parent.place.length + 1 + name.length))
    } catch (error) {
      return this.#unknown(path, whyRefused(error))
    }
  }

  #take(parent: OpenDirectory, path: string, place: Buffer): OpenDirectory | undefined {
    const stats = lstatSync(place, { bigint: true })
    const type = entryType(stats)
    if (type === undefined) return undefined
    if (type === 'directory') {
      this.#add(path, type, stats)
      return this.#enter(parent, path, place)
    }
    const first = this.#firstNameOf(stats, path)
    if (first !== undefined) this.#add(path, 'hardlink', stats, { linkTarget: first })
    else if (type === 'symlink') this.#link(path, place, stats)
    else if (type === 'file') {
      const size = Number(stats.size)
      this.#bytes += size
      this.#add(path, type, stats, { size, content: this.#reader.read({ path, place, stats }) })
    } else this.#add(path, type, stats)
    return undefined
  }

  #link(path: string, place: Buffer, stats: BigIntStats): void {
    const linkTarget = decodeName(readlinkSync(place, { encoding: 'buffer' }))
    if (this.#options.isClosed !== true || !leadsOutside(path, linkTarget)) {
      this.#add(path, 'symlink', stats, { linkTarget })
    } else this.#unknown(path, 'it is a link that leads outside the directory; it was not followed')
  }

  #enter(parent: OpenDirectory, path: string, place: Buffer): OpenDirectory | undefined {
    const below = this.#open(place, directoryFlags, path)
    const isCircle = this.#path.some(({ stats }) => stats.ino === below.stats.ino && stats.dev === below.stats.dev)
    if (isCircle) this.#unknown(path, 'a directory above it is mounted here; it was not read again')
    const isMount = below.stats.dev !== parent.stats.dev
    if (!isCircle && (!isMount || this.#isWorthCrossing(below))) return below
    closeSync(below.descriptor)
    return undefined
  }

  /** Kernel views and what lives in memory below /dev and /run are no content; other mounts left out are told. */
  #isWorthCrossing({ path, place }: OpenDirectory): boolean {
    const kind = fileSystemKind(place)
    if (kind === 'storage') return true
    const isExpected = kind === 'pseudo' || (kind === 'memory' && /^(?:dev|run|proc|sys|tmp)(?:\/|$)/.test(path))
    if (!isExpected) this.#unknown(path, 'another file system is mounted here; it was not read')
    return false
  }

  #firstNameOf({ dev, ino, nlink }: BigIntStats, path: string): string | undefined {
    if (nlink < 2n) return undefined
    const file = `${dev}:${ino}`
    const first = this.#linked.get(file)
    if (first === undefined) this.#linked.set(file, path)
    return first
  }

  #add(path: string, type: EntryType, stats: BigIntStats, more: Partial<Entry> = {}): void {
    const { mode, uid, gid } = stats
    this.#entries.push({
      path,
      type,
      size: 0,
      mode: Number(mode & 0o7777n),
      uid: Number(uid),
      gid: Number(gid),
      ...more,
    })
  }

  #unknown(path: string, reason: string): undefined {
    this.#unknowns.push({ path: `/${path}`, reason })
    return undefined
  }
}

/** By its text alone: what other links make of it stays inside, for each of them is looked at, too. */
function leadsOutside(path: string, target: string): boolean {
  if (target.startsWith('/')) return true
  let depth = path.split('/').length - 1
  for (const part of target.split('/')) {
    if (part === '..') depth -= 1
    else if (part !== '' && part !== '.') depth += 1
    if (depth < 0) return true
  }
  return false
}

const separator = Buffer.from('/')

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Linux lets names be opened relative to an open directory this way. */
const hasDescriptorPaths = existsSync('/proc/self/fd')

function entryType(stats: BigIntStats): EntryType | undefined {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'symlink'
  if (stats.isFIFO()) return 'fifo'
  if (stats.isCharacterDevice()) return 'character-device'
  return stats.isBlockDevice() ? 'block-device' : undefined
}
