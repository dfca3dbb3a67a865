import { createHash, type Hash } from 'node:crypto'
import type { ByteView } from '#kit/zip.ts'
import { type EntryKind, entryKind } from './archive-name.ts'
import { KeptBytes, type KeptLimits } from './kept-bytes.ts'

const localHeaderBytes = 30
const localMagic = 0x04034b50
/** Rows and ends of directories: what the archive says of itself. */
const directoryMagics: ReadonlySet<number> = new Set([0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50])
const marker = Buffer.from('PK')
const unknownSize = 0xff_ff_ff_ff
const hashesAtOnce = 8
const none: Buffer = Buffer.alloc(0)

/**
 * Keeps of a zip that streams by what may be asked for once its directory is known: descriptions and archives in it, but
 * neither classes nor other content. Local headers only decide what is let go; what they lied about will be missed.
 */
export class ZipStream {
  readonly #kept: KeptBytes
  readonly #digest = createHash('sha1')
  readonly #hashes: { readonly start: number; readonly end: number; readonly hash: Hash }[] = []
  readonly #digests = new Map<number, string>()
  #keeps: keyof KeptLimits | undefined
  /** Bytes that are passed over, or kept, without a look at them. */
  #unseenBytes = 0
  /** The beginning of something that is longer than what has come. */
  #carry: Buffer = none

  constructor(limits: KeptLimits) {
    this.#kept = new KeptBytes(limits)
  }

  write(chunk: Uint8Array): void {
    this.#digest.update(chunk)
    const [bytes, isCarried] = this.#carry.length === 0 ? [viewed(chunk), false] : [this.#withCarry(chunk), true]
    const done = this.#take(bytes)
    this.#carry = done === bytes.length ? none : isCarried ? bytes.subarray(done) : Buffer.from(bytes.subarray(done))
  }

  /** The whole file, with holes. */
  end(): ZipFile {
    this.#pass(this.#carry)
    this.#carry = none
    return {
      view: this.#kept,
      isFull: this.#kept.isFull,
      digest: this.#digest.digest('hex'),
      digests: this.#digests,
    }
  }

  #withCarry(chunk: Uint8Array): Buffer {
    const bytes = Buffer.allocUnsafe(this.#carry.length + chunk.length)
    bytes.set(this.#carry)
    bytes.set(chunk, this.#carry.length)
    return bytes
  }

  /** How much of it needs no second look. */
  #take(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length) {
      if (this.#unseenBytes > 0) {
        const passed = Math.min(this.#unseenBytes, bytes.length - at)
        this.#pass(bytes.subarray(at, at + passed))
        this.#unseenBytes -= passed
        at += passed
        continue
      }
      const next = this.#nextRecord(bytes, at)
      this.#pass(bytes.subarray(at, next))
      at = next
      const taken = this.#takeRecord(bytes.subarray(at))
      if (taken === undefined) return at
      at += taken
    }
    return at
  }

  /** Where a record begins, or might begin once more has come. */
  #nextRecord(bytes: Buffer, from: number): number {
    for (let at = bytes.indexOf(marker, from); at !== -1; at = bytes.indexOf(marker, at + 2)) {
      if (at + 4 > bytes.length) return at
      const magic = bytes.readUInt32LE(at)
      if (magic === localMagic || (this.#keeps !== 'descriptionBytes' && directoryMagics.has(magic))) return at
    }
    return bytes.length - (bytes.at(-1) === marker[0] ? 1 : 0)
  }

  /** `undefined` when there is not enough of it yet. */
  #takeRecord(bytes: Buffer): number | undefined {
    if (bytes.length < 4) return undefined
    if (bytes.readUInt32LE(0) !== localMagic) {
      this.#keeps = 'descriptionBytes'
      this.#pass(bytes.subarray(0, 4))
      return 4
    }
    const headerBytes = bytes.length < localHeaderBytes ? undefined : lengthOfHeader(bytes)
    if (headerBytes === undefined || bytes.length < headerBytes) return undefined
    this.#takeHeader(bytes.subarray(0, headerBytes))
    return headerBytes
  }

  #takeHeader(header: Buffer): void {
    const kind = entryKind(header.toString('utf8', localHeaderBytes, localHeaderBytes + header.readUInt16LE(26)))
    const [flags, method, size] = [header.readUInt16LE(6), header.readUInt16LE(8), header.readUInt32LE(18)]
    const isSized = (flags & 8) === 0 && size !== unknownSize
    const isStored = method === 0 && kind === 'archive'
    this.#keeps = keptAs[kind]
    this.#pass(header)
    // What lies in a stored archive is looked at as it comes, as if it were in this one.
    if (isSized && !isStored) this.#unseenBytes = size
    if (isSized && isStored && this.#hashes.length < hashesAtOnce) {
      this.#hashes.push({ start: this.#kept.size, end: this.#kept.size + size, hash: createHash('sha1') })
    }
  }

  /** Every byte comes here once, in order. */
  #pass(bytes: Buffer): void {
    const start = this.#kept.size
    if (this.#keeps !== undefined) this.#kept.keep(bytes, this.#keeps)
    else this.#kept.skip(bytes.length)
    for (const { end, hash } of this.#hashes) hash.update(bytes.subarray(0, Math.max(0, end - start)))
    while ((this.#hashes.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= this.#kept.size) {
      const done = this.#hashes.pop()
      if (done !== undefined && this.#digests.size < digestsLimit)
        this.#digests.set(done.start, done.hash.digest('hex'))
    }
  }
}

const digestsLimit = 10_000

const keptAs: Readonly<Record<EntryKind, keyof KeptLimits | undefined>> = {
  archive: 'contentBytes',
  manifest: 'descriptionBytes',
  properties: 'descriptionBytes',
  project: 'descriptionBytes',
  code: undefined,
  other: undefined,
}

export interface ZipFile {
  readonly view: ByteView
  /** True when not all that should be was kept. */
  readonly isFull: boolean
  /** SHA-1 of the file. */
  readonly digest: string
  /** SHA-1 of archives that lie in it as they are, by where they begin. */
  readonly digests: ReadonlyMap<number, string>
}

function lengthOfHeader(header: Buffer): number {
  return localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28)
}

function viewed({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
