import { Problem } from '../errors.ts'
import { cleanPath } from '../path.ts'
import type { PaxSparse } from './pax.ts'
import { ContentMap, readOldMap, SparseContent } from './sparse.ts'
import { type ExtendedHeader, isExtension, TarExtensions } from './tar-extension.ts'
import { blockSize, type HeaderBlock, readNumber, TarBlock } from './tar-header.ts'

export type MemberType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'block-device' | 'fifo'

export interface TarHeader {
  /** Clean and relative, see `cleanPath`; the root itself is the empty string. */
  readonly path: string
  readonly type: MemberType
  /** Bytes of content, holes of a sparse file included. */
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** Target of a link as written. */
  readonly linkName: string
  /** A character device 0:0, which overlayfs takes for a whiteout. */
  readonly isDeviceZero: boolean
  /** Where the content starts in the uncompressed archive. */
  readonly offset: number
  /** Bytes of content as stored: less than `size` for a sparse file. */
  readonly stored: number
  /** Why this member must not be taken in; `path` is then its name as written. */
  readonly refused: string | undefined
  /** GNU tar, as which it was read, and the reader of container engines disagree on its name, type or size. */
  readonly isAmbiguous: boolean
}

type Stage = 'header' | 'member' | 'extension' | 'old-map' | 'content-map' | 'content' | 'end'
type Yielded = Generator<TarHeader | Uint8Array, void>

/**
 * Takes an archive chunk by chunk and yields a header for each member. Content is passed over without a copy, unless
 * `keep()` is called before the generator is resumed: then it follows as pieces that belong to the caller's chunks.
 */
export class TarParser {
  readonly #block = new TarBlock()
  readonly #extensions = new TarExtensions()
  #stage: Stage = 'header'
  /** Bytes of `#block` that are filled. */
  #filled = 0
  /** Bytes to pass over before anything else. */
  #skip = 0
  /** Bytes of the archive taken so far. */
  #position = 0
  #isKept = false

  #header: ExtendedHeader | undefined
  #member: TarHeader | undefined
  #size = 0
  #stored = 0
  #padding = 0
  #oldMap: number[] | undefined
  #contentMap: ContentMap | undefined
  #sparse: SparseContent | undefined

  /** Asks for the content of the member just yielded. */
  keep(): void {
    this.#isKept = true
  }

  /** Takes `keep()` back: what is left of the content is passed over. */
  skip(): void {
    this.#isKept = false
  }

  /** So many of the bytes that come next mean nothing and need not be read: `pass` takes their place. */
  get ahead(): number {
    return this.#stage === 'end' ? Number.POSITIVE_INFINITY : this.#skip
  }

  /** Passes over bytes that were not read: at most as many as are `ahead`. */
  pass(bytes: number): void {
    if (bytes > this.ahead) throw new RangeError('what is passed over must not mean anything')
    this.#position += bytes
    if (this.#stage !== 'end') this.#skip -= bytes
  }

  /** Throws `malformed` with the place of the damage. */
  *push(chunk: Uint8Array): Yielded {
    const start = this.#position
    let at = 0
    while (at < chunk.length && this.#stage !== 'end') {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at)
        this.#skip -= step
        at += step
      } else if (this.#stage === 'content') {
        const piece = chunk.subarray(at, at + this.#stored)
        at += piece.length
        this.#stored -= piece.length
        if (this.#sparse === undefined) yield piece
        else yield* this.#whileKept(this.#sparse.expand(piece))
      } else if (this.#stage === 'extension') {
        at += this.#takeExtension(chunk, at)
      } else {
        at += this.#fillBlock(chunk, at)
        this.#position = start + at
        if (this.#filled === blockSize) this.#takeBlock()
      }
      if (this.#stage === 'member') {
        if (this.#member !== undefined) yield this.#member
        this.#startContent()
      }
      if (this.#stage === 'content' && !(this.#isKept && this.#stored > 0)) yield* this.#finishContent()
    }
    this.#position = start + chunk.length
  }

  /** Throws `malformed` when the archive stops in the middle of something. */
  end(): void {
    const isBetween = this.#stage === 'header' && this.#skip === 0 && this.#filled === 0
    if (this.#stage !== 'end' && !(isBetween && !this.#extensions.isPending))
      throw this.#damage('the tar archive is cut off')
  }

  #fillBlock(chunk: Uint8Array, from: number): number {
    const piece = chunk.subarray(from, from + blockSize - this.#filled)
    this.#block.bytes.set(piece, this.#filled)
    this.#filled += piece.length
    return piece.length
  }

  #takeBlock(): void {
    this.#filled = 0
    if (this.#stage === 'content-map') this.#takeContentMap()
    else if (this.#stage === 'old-map') this.#takeOldMap()
    else this.#takeHeader()
  }

  #takeHeader(): void {
    const block = this.#block
    if (block.isZero()) {
      this.#stage = 'end'
      return
    }
    if (!block.hasValidChecksum()) throw this.#damage('a tar header has a wrong checksum')
    const header = this.#within(readBlock, block)
    if (isExtension(header.typeFlag)) {
      this.#extensions.start(header, this.#place())
      this.#padding = paddingOf(header.size)
      this.#stage = 'extension'
      this.#leaveExtension()
      return
    }
    this.#header = this.#extensions.apply(header)
    this.#oldMap = undefined
    this.#stage = 'member'
    if (header.typeFlag === 'S') {
      this.#size = this.#readRealSize(block)
      this.#oldMap = []
      this.#readOldMap(386, 4, 482)
    }
    if (this.#stage === 'member') this.#startMember(this.#header)
  }

  #readRealSize({ bytes }: TarBlock): number {
    const size = readNumber(bytes, 483, 12) ?? -1
    if (size < 0 || !Number.isSafeInteger(size)) throw this.#damage('a sparse file has no usable size')
    return size
  }

  #takeExtension(chunk: Uint8Array, from: number): number {
    const taken = this.#extensions.add(chunk, from, this.#place())
    this.#leaveExtension()
    return taken
  }

  #leaveExtension(): void {
    if (!this.#extensions.isComplete()) return
    this.#skip = this.#padding
    this.#stage = 'header'
  }

  #takeOldMap(): void {
    this.#readOldMap(0, 21, 504)
    if (this.#stage === 'member' && this.#header !== undefined) this.#startMember(this.#header)
  }

  #readOldMap(start: number, count: number, continuesAt: number): void {
    const { bytes } = this.#block
    this.#within(() => readOldMap(this.#oldMap ?? [], bytes, start, count), undefined)
    this.#stage = bytes[continuesAt] === 0 ? 'member' : 'old-map'
  }

  #startMember(header: ExtendedHeader): void {
    const { typeFlag, sparse } = header
    const type = memberType(header)
    this.#stored = bodiless.has(typeFlag) ? 0 : header.size
    this.#padding = paddingOf(this.#stored)
    if (type !== 'file') this.#size = 0
    else if (this.#oldMap === undefined) this.#size = (isSparse(sparse) ? sparse.realSize : undefined) ?? header.size
    this.#isKept = false
    this.#member = typeFlag === 'V' ? undefined : this.#describe(header, type)
  }

  #describe(header: ExtendedHeader, type: MemberType): TarHeader {
    const path = cleanPath(header.name)
    const refused = path === undefined ? refusedName : refusedTypes.get(header.typeFlag)
    return {
      path: path ?? header.name,
      type,
      size: this.#size,
      mode: header.mode,
      uid: header.uid,
      gid: header.gid,
      mtime: header.mtime,
      linkName: header.linkName,
      isDeviceZero: header.isDeviceZero,
      offset: this.#position,
      stored: this.#stored,
      refused,
      // To engines a file stays one whatever its name ends in.
      isAmbiguous: header.isAmbiguous || (header.typeFlag === '0' && header.name.endsWith('/')),
    }
  }

  #startContent(): void {
    const sparse = this.#header?.sparse
    this.#stage = 'content'
    this.#sparse = undefined
    if (!this.#isKept) return
    if (sparse?.mapInContent === true) {
      this.#contentMap = new ContentMap()
      this.#stage = 'content-map'
      this.#checkMapFits()
      return
    }
    const map = this.#oldMap ?? sparse?.map
    if (map !== undefined) this.#startSparse(map)
  }

  #takeContentMap(): void {
    this.#stored -= blockSize
    const map = this.#contentMap ?? new ContentMap()
    const isComplete = this.#within(() => map.add(this.#block.bytes), undefined)
    if (!isComplete) {
      this.#checkMapFits()
      return
    }
    this.#stage = 'content'
    this.#startSparse(map.map)
  }

  #checkMapFits(): void {
    if (this.#stored < blockSize) throw this.#damage('the map of a sparse file is cut off')
  }

  #startSparse(map: readonly number[]): void {
    this.#sparse = this.#within(() => new SparseContent(map, this.#stored, this.#size), undefined)
  }

  /** The hole at the end of a sparse file, and on to the next header. */
  *#finishContent(): Yielded {
    if (this.#sparse !== undefined) yield* this.#whileKept(this.#sparse.finish())
    this.#skip = this.#stored + this.#padding
    this.#stage = 'header'
  }

  *#whileKept(pieces: Iterable<Uint8Array>): Yielded {
    for (const piece of pieces) {
      if (!this.#isKept) return
      yield piece
    }
  }

  /** Puts the place into a Problem of a part that does not know it. */
  #within<Input, Result>(read: (input: Input) => Result, input: Input): Result {
    try {
      return read(input)
    } catch (cause) {
      throw cause instanceof Problem ? this.#damage(cause.message) : cause
    }
  }

  #damage(what: string): Problem {
    return new Problem('malformed', what, { at: this.#place() })
  }

  #place(): string {
    return `byte ${this.#position}`
  }
}

function readBlock(block: TarBlock): HeaderBlock {
  return block.read()
}

const refusedName = 'its name has a `..` component or a NUL byte'

const refusedTypes: ReadonlyMap<string, string> = new Map([
  ['M', 'it continues a file of another tape volume'],
  ['N', 'it is a list of long names in a form no tar has written since 1993'],
])

const memberTypes: ReadonlyMap<string, MemberType> = new Map([
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['3', 'character-device'],
  ['4', 'block-device'],
  ['5', 'directory'],
  ['6', 'fifo'],
  ['D', 'directory'],
])

/** Types that are a header only, whatever their size field says. */
const bodiless: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6'])

/** POSIX: a type that is not known is a file. Old archives mark a directory by the slash at its end. */
function memberType({ typeFlag, name }: ExtendedHeader): MemberType {
  return memberTypes.get(typeFlag) ?? (name.endsWith('/') ? 'directory' : 'file')
}

/** Without a map the other GNU.sparse records say nothing. */
function isSparse(sparse: PaxSparse | undefined): sparse is PaxSparse {
  return sparse?.map !== undefined || sparse?.mapInContent === true
}

function paddingOf(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize
}
