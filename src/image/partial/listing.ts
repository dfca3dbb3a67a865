import { Problem } from '#kit/errors.ts'
import { cleanPath } from '#kit/path.ts'
import type { MemberType, TarHeader } from '#kit/tar/tar-parser.ts'
import { digestPattern } from '../manifest.ts'
import type { Anchor } from './anchor.ts'
import type { TableEntry } from './table-json.ts'

/** A part of a file that has a digest of its own; without one it is nothing but zeros. */
export interface Chunk {
  readonly offset: number
  readonly size: number
  readonly digest: string | undefined
}

/** Where a file is in the blob, and what it must be. The file is contiguous once this part is inflated. */
export interface Place {
  readonly start: number
  /** Where it ends at the latest. */
  readonly end: number
  /** Bytes to leave out once it is inflated. */
  readonly skip: number
  readonly chunks: readonly Chunk[]
}

export interface Member {
  readonly header: TarHeader
  /** Absent for an empty file and for everything that is not a file. */
  readonly place: Place | undefined
}

interface Group {
  readonly entry: TableEntry
  readonly chunks: TableEntry[]
}

/**
 * What the table says, in its order, as a tar reader would tell it. Everything in it is checked, wanted or not, and a
 * table that leaves any room for doubt is `malformed`: the whole layer can be read instead.
 */
export function listMembers(entries: readonly TableEntry[], format: Anchor['format'], tableStart: number): Member[] {
  const groups = grouped(entries)
  const starts = new Starts(entries, tableStart)
  const seen = new Set<string>()
  return groups.map((group) => {
    const header = headerOf(group.entry)
    if (seen.has(header.path)) throw doubt(`has ${JSON.stringify(header.path)} twice`)
    seen.add(header.path)
    if (header.type === 'file' && header.size > 0)
      return { header, place: placeOf(group, { format, starts, tableStart }) }
    if (group.chunks.length > 0) throw doubt('has chunks of something that is not a file')
    return { header, place: undefined }
  })
}

/** Chunks follow the file that they are of. */
function grouped(entries: readonly TableEntry[]): Group[] {
  const groups: Group[] = []
  for (const entry of entries) {
    const last = groups.at(-1)
    if (entry.type !== 'chunk') groups.push({ entry, chunks: [] })
    else if (last?.entry.name === entry.name) last.chunks.push(entry)
    else throw doubt('has a chunk without its file')
  }
  return groups
}

const memberTypes: Readonly<Record<Exclude<TableEntry['type'], 'chunk'>, MemberType>> = {
  dir: 'directory',
  reg: 'file',
  symlink: 'symlink',
  hardlink: 'hardlink',
  char: 'character-device',
  block: 'block-device',
  fifo: 'fifo',
}

function headerOf({ name, type, ...entry }: TableEntry): TarHeader {
  const path = cleanPath(name)
  if (path === undefined || type === 'chunk') throw doubt('has a name with a `..` component or a NUL byte')
  const size = type === 'reg' ? entry.size : 0
  return {
    path,
    type: memberTypes[type],
    size,
    mode: entry.mode & 0o7777,
    uid: entry.uid,
    gid: entry.gid,
    mtime: 0,
    linkName: entry.linkName,
    isDeviceZero: type === 'char' && entry.devMajor === 0 && entry.devMinor === 0,
    offset: 0,
    stored: size,
    refused: undefined,
    isAmbiguous: false,
  }
}

interface Layout {
  readonly format: Anchor['format']
  readonly starts: Starts
  readonly tableStart: number
}

function placeOf(group: Group, { format, starts, tableStart }: Layout): Place {
  const { entry } = group
  const parts = [entry, ...group.chunks]
  const last = parts.at(-1)?.offset ?? 0
  const end = format === 'estargz' ? starts.after(last) : entry.endOffset
  const isOrdered = parts.every(({ offset }, index) => offset >= (parts[index - 1]?.offset ?? 0))
  if (!isOrdered || last >= end || end > tableStart) throw doubt('places a file outside the files')
  return { start: entry.offset, end, skip: entry.innerOffset, chunks: checksOf(group, format) }
}

/** Each chunk, and the whole where it has a digest. Of a file in one piece, zstd:chunked has only that. */
function checksOf({ entry, chunks: others }: Group, format: Anchor['format']): Chunk[] {
  const whole = { offset: 0, size: entry.size, digest: entry.digest }
  const isWhole = format === 'zstd-chunked' && others.length === 0
  const chunks = isWhole ? [whole] : chunksOf([entry, ...others], entry.size)
  const checks = isWhole || entry.digest === '' ? chunks : [...chunks, whole]
  for (const { digest } of checks) {
    if (digest !== undefined && !digestPattern.test(digest)) throw doubt('has a file without a usable digest')
  }
  return checks
}

/** They must make up the file, without a gap and without an overlap. */
function chunksOf(entries: readonly TableEntry[], size: number): Chunk[] {
  let filled = 0
  const chunks = entries.map(({ chunkOffset, chunkSize, chunkDigest, chunkType }): Chunk => {
    const chunk = { offset: chunkOffset, size: chunkSize || size - chunkOffset }
    if (chunk.offset !== filled || chunk.size <= 0) throw doubt('has chunks that do not make up their file')
    filled += chunk.size
    return { ...chunk, digest: chunkType === 'zeros' ? undefined : chunkDigest }
  })
  if (filled !== size) throw doubt('has chunks that do not make up their file')
  return chunks
}

/** Where compressed parts start: each ends where the next begins. */
class Starts {
  readonly #sorted: Float64Array

  constructor(entries: readonly TableEntry[], tableStart: number) {
    const offsets = entries.map(({ offset }) => offset)
    this.#sorted = Float64Array.from([...offsets, tableStart]).toSorted()
  }

  after(start: number): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] ?? 0) > start) high = middle
      else low = middle + 1
    }
    return this.#sorted[low] ?? 0
  }
}

function doubt(what: string): Problem {
  return new Problem('malformed', `the table of contents ${what}`)
}
