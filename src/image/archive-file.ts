import type { FileHandle } from 'node:fs/promises'
import { Problem } from '#kit/errors.ts'
import { hashOnThread } from '#kit/hash-thread.ts'
import { readAll } from '#kit/limits.ts'
import { readTar } from '#kit/tar/tar.ts'
import { archiveKind, checkMember, headBytes, inArchive } from './archive-head.ts'
import { ArchiveMembers } from './archive-members.ts'
import { endsEarly, openRegular, type Range, readRange } from './file-range.ts'
import type { PlainArchive } from './layer-reader.ts'
import type { ReadOptions, StoredPieces } from './stored-target.ts'

interface FileMember extends Range {
  /** Its content is a map of pieces and holes, not the bytes themselves. */
  readonly isSparse: boolean
}

/** Members of an uncompressed archive file as pieces of an image: the headers are read once, contents where they are. */
export async function openArchiveFile(
  path: string,
  { limits, signal }: Pick<ReadOptions, 'limits' | 'signal'>,
): Promise<StoredPieces> {
  const { file, size } = await openRegular(path)
  const members = new ArchiveMembers<FileMember>(path, limits)
  try {
    const seeking = new SeekingSource(file, size, path)
    for await (const { header } of readTar(seeking.chunks(signal), { signal })) {
      checkMember(header, path)
      seeking.passOver(header.offset + header.stored)
      if (header.type === 'file') {
        const { offset, stored } = header
        members.addFile(header.path, { offset, size: stored, isSparse: stored !== header.size })
      } else if (header.type === 'symlink' || header.type === 'hardlink') members.addLink(header)
    }
  } catch (error) {
    await file.close()
    throw inArchive(error, path)
  }
  async function* read(name: string, isTransient: boolean): AsyncGenerator<Uint8Array> {
    const member = members.find(name)
    if (member === undefined) throw new Problem('malformed', `${name} is missing`, { at: path })
    if (member.isSparse) throw new Problem('malformed', `${name} is stored as a sparse file`, { at: path })
    yield* readRange(file, member, { at: `${path}: ${name}`, signal, isTransient })
  }
  async function plain(name: string): Promise<PlainArchive | undefined> {
    const member = members.find(name)
    if (member === undefined || member.isSparse || member.size < threadPaysBytes) return undefined
    const range = { offset: member.offset, size: headBytes }
    const head = await readAll(readRange(file, range, { at: `${path}: ${name}`, signal }), headBytes, path)
    if (archiveKind(head) !== 'tar') return undefined
    const { offset, size: bytes } = member
    return {
      size: bytes,
      hash: async (until) => `sha256:${await hashOnThread({ fd: file.fd, offset, size: bytes }, until)}`,
      async read(buffer, position) {
        const length = Math.min(buffer.length, bytes - position)
        const { bytesRead } = await file.read(buffer, 0, length, offset + position)
        if (bytesRead === 0) throw endsEarly(offset + position, `${path}: ${name}`)
        return bytesRead
      },
    }
  }
  return {
    at: path,
    plain,
    blob: (name) => read(name, true),
    size: async (name) => members.find(name)?.size,
    document: (name) => readAll(read(name, false), limits.documentBytes, `${path}: ${name}`),
    [Symbol.asyncDispose]: () => file.close(),
  }
}

/** Starting a thread takes as long as hashing this much. */
const threadPaysBytes = 16 * 1024 * 1024
const headerChunkBytes = 16 * 1024
const zeros = new Uint8Array(1024 * 1024)

/** Gives a tar reader zeros in place of content that nobody looks at, so that it need not be read. */
class SeekingSource {
  readonly #file: FileHandle
  readonly #size: number
  readonly #at: string
  #passTo = 0

  constructor(file: FileHandle, size: number, at: string) {
    this.#file = file
    this.#size = size
    this.#at = at
  }

  /** Nothing before this byte of the file is of interest. */
  passOver(offset: number): void {
    this.#passTo = offset
  }

  async *chunks(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let position = 0
    while (position < this.#size) {
      const passed = Math.min(this.#passTo, this.#size) - position
      if (passed > 0) {
        const filler = zeros.subarray(0, passed)
        position += filler.length
        yield filler
      } else {
        const range = { offset: position, size: Math.min(headerChunkBytes, this.#size - position) }
        position += range.size
        yield* readRange(this.#file, range, { at: this.#at, signal })
      }
    }
  }
}
