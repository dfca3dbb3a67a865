import { Problem } from '../errors.ts'
import { decodeName } from '../path.ts'
import { type PaxRecords, type PaxSparse, parsePax } from './pax.ts'
import type { HeaderBlock } from './tar-header.ts'

/** Longest extended header or long name that is read. */
const limitBytes = 1024 * 1024

const typeFlags = new Set(['x', 'X', 'g', 'L', 'K'])

/** A member header once the headers in front of it have been applied. */
export interface ExtendedHeader extends HeaderBlock {
  readonly sparse: PaxSparse | undefined
  /** What stands in front of the member means one thing to GNU tar and another to the reader of container engines. */
  readonly isAmbiguous: boolean
}

export function isExtension(typeFlag: string): boolean {
  return typeFlags.has(typeFlag)
}

/** Collects PAX and GNU long-name headers and applies them to the member that follows. */
export class TarExtensions {
  #typeFlag = ''
  #bytes = Buffer.alloc(0)
  #filled = 0
  #global: PaxRecords = {}
  #local: PaxRecords | undefined
  #longName: string | undefined
  #longLink: string | undefined
  #isAmbiguous = false

  /** An extension was read, and no member yet that it belongs to. */
  get isPending(): boolean {
    return this.#local !== undefined || this.#longName !== undefined || this.#longLink !== undefined
  }

  start({ typeFlag, size }: HeaderBlock, at: string): void {
    if (size > limitBytes) throw new Problem('limit_exceeded', `an extended tar header of ${size} bytes`, { at })
    this.#typeFlag = typeFlag
    this.#bytes = Buffer.alloc(size)
    this.#filled = 0
    if (size === 0) this.#take(at)
  }

  /** Takes what it needs of `chunk` from `from` on, and returns how much that was. */
  add(chunk: Uint8Array, from: number, at: string): number {
    const piece = chunk.subarray(from, from + this.#bytes.length - this.#filled)
    this.#bytes.set(piece, this.#filled)
    this.#filled += piece.length
    if (this.isComplete()) this.#take(at)
    return piece.length
  }

  isComplete(): boolean {
    return this.#filled === this.#bytes.length
  }

  apply(header: HeaderBlock): ExtendedHeader {
    const pax = this.#local === undefined ? this.#global : { ...this.#global, ...this.#local }
    const extended = {
      name: pax.sparse?.name || pax.path || (this.#longName ?? header.name),
      linkName: pax.linkpath || (this.#longLink ?? header.linkName),
      typeFlag: header.typeFlag,
      size: pax.size ?? header.size,
      mode: header.mode,
      uid: pax.uid ?? header.uid,
      gid: pax.gid ?? header.gid,
      mtime: pax.mtime ?? header.mtime,
      isDeviceZero: header.isDeviceZero,
      sparse: pax.sparse,
      isAmbiguous: this.#isAmbiguous || this.#hasTwoNames(pax) || namesAll(this.#global),
    }
    this.#isAmbiguous = false
    this.#local = undefined
    this.#longName = undefined
    this.#longLink = undefined
    return extended
  }

  /** GNU tar takes the PAX header's name, engines the long one. */
  #hasTwoNames(pax: PaxRecords): boolean {
    const [path, link] = [pax.sparse?.name || pax.path, pax.linkpath]
    return differs(this.#longName, path) || differs(this.#longLink, link)
  }

  #take(at: string): void {
    switch (this.#typeFlag) {
      case 'L':
        this.#longName = untilNul(this.#bytes)
        break
      case 'K':
        this.#longLink = untilNul(this.#bytes)
        break
      case 'g':
        // Engines forget here what came before.
        this.#isAmbiguous ||= this.isPending
        this.#global = { ...this.#global, ...parsePax(this.#bytes, at) }
        break
      default:
        this.#local = parsePax(this.#bytes, at)
    }
  }
}

/** Engines pass over global headers. */
function namesAll({ path, linkpath, size, sparse }: PaxRecords): boolean {
  return path !== undefined || linkpath !== undefined || size !== undefined || sparse !== undefined
}

function differs(longName: string | undefined, paxName: string | undefined): boolean {
  return longName !== undefined && paxName !== undefined && paxName !== '' && longName !== paxName
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return decodeName(end < 0 ? bytes : bytes.subarray(0, end))
}
