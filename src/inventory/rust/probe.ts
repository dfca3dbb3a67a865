import type { Probe } from '#image/entry.ts'
import { elfHeadBytes, isElf, readElf, type Segment } from '../elf/elf.ts'
import { isExecutable } from '../elf/executable.ts'
import { Window } from '../elf/window.ts'
import { readCrateList } from './crate-list.ts'
import { encodeNote } from './note.ts'
import { mayStartObject, startBytes, zlibMark } from './zlib-start.ts'

/**
 * Looks for the list of crates that cargo-auditable puts into a section of its own (ELF, PE, Mach-O, WebAssembly). Section tables of
 * ELF files stand at their end, when the list has streamed by, so it is known by what it is: a zlib stream of a JSON
 * object whose first member is the list.
 */
export function probeCrates(head: Uint8Array, sizeBytes: number): Probe | undefined {
  return isExecutable(head) || isWebAssembly(head) ? new CrateProbe(isElf(head) ? sizeBytes : 0) : undefined
}

function isWebAssembly(head: Uint8Array): boolean {
  return head[0] === 0 && head[1] === 0x61 && head[2] === 0x73 && head[3] === 0x6d
}

/** A chunk is taken in pieces of this size, so that a file given whole is not copied whole. */
const pieceBytes = 256 * 1024
/** A list that takes more bytes is not read. */
const compressedLimitBytes = 4 * 1024 ** 2
/** A universal binary has one per architecture, a program that carries others one for each of them. */
const listsLimit = 16
const keptLimitBytes = 16 * 1024 ** 2
/** What may be spent on places that only look like a list, in bytes that were decompressed in vain. */
const effortLimit = 64 * 1024 ** 2
const peekEffort = 64 * 1024

/** In ELF files the names of sections stand at the end. */
const tableBytes = 256 * 1024

/** Names of sections stand between zero bytes in ELF files, and fill eight or sixteen bytes with them elsewhere. */
const sectionName = '.dep-v0\0'

class CrateProbe implements Probe {
  readonly #window = new Window()
  readonly #head = Buffer.alloc(elfHeadBytes)
  #receivedBytes = 0
  /** Parts of the file that hold code and nothing else. */
  #code: readonly Segment[] = []
  /** The window is searched again once it holds so much. */
  #neededBytes = 0
  #last = ''
  readonly #namesFrom: number
  #isNamed = false
  #effort = 0
  #keptBytes = 0
  readonly #lists = new Set<string>()
  readonly #reasons = new Set<string>()

  constructor(elfBytes: number) {
    this.#namesFrom = elfBytes - tableBytes
  }

  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += pieceBytes) this.#take(chunk.subarray(at, at + pieceBytes))
  }

  end(): Buffer | undefined {
    this.#search({ isEnd: true })
    if (this.#lists.size === 0 && this.#reasons.size === 0) {
      if (!this.#isNamed) return undefined
      this.#reasons.add('it has a section .dep-v0 for a list of crates, and no list can be read in it')
    }
    return encodeNote({ lists: [...this.#lists], reasons: [...this.#reasons] })
  }

  #take(piece: Uint8Array): void {
    const start = this.#receivedBytes
    this.#receivedBytes += piece.length
    this.#isNamed ||= this.#receivedBytes >= this.#namesFrom && this.#names(piece)
    if (start < elfHeadBytes) this.#head.set(piece.subarray(0, elfHeadBytes - start), start)
    if (start < elfHeadBytes && this.#receivedBytes >= elfHeadBytes) this.#code = codeOf(this.#head)
    if (this.#neededBytes === 0 && this.#window.bytes.length === 0 && isWithin(this.#code, start, piece.length)) {
      this.#window.passOver(piece, 0)
      return
    }
    this.#window.append(piece)
    if (this.#window.bytes.length >= this.#neededBytes) this.#search({ isEnd: false })
  }

  /** Also where it stands across two pieces. */
  #names(piece: Uint8Array): boolean {
    const text = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    const seam = this.#last + text.toString('latin1', 0, sectionName.length)
    this.#last = (this.#last + text.toString('latin1', Math.max(0, text.length - sectionName.length))).slice(
      -sectionName.length,
    )
    return seam.includes(sectionName) || text.includes(sectionName, 0, 'latin1')
  }

  #search({ isEnd }: { readonly isEnd: boolean }): void {
    const { bytes } = this.#window
    let from = 0
    for (let index = bytes.indexOf(zlibMark); index !== -1; index = bytes.indexOf(zlibMark, from)) {
      if (!isEnd && index + startBytes > bytes.length) break
      if (mayStartObject(bytes, index) && this.#read(bytes.subarray(index), isEnd) === 'wait') {
        this.#window.drop(index)
        return
      }
      from = index + 1
    }
    this.#neededBytes = 0
    const rest = bytes.indexOf(zlibMark, Math.max(from, bytes.length - startBytes))
    this.#window.drop(rest === -1 ? bytes.length : rest)
  }

  /** `wait` when the list is not yet there as a whole. */
  #read(bytes: Buffer, isEnd: boolean): 'wait' | 'done' {
    const available = bytes.subarray(0, compressedLimitBytes)
    const mayGrow = !isEnd && available.length < compressedLimitBytes
    if (mayGrow && available.length < peekBytes) return this.#waitFor(peekBytes)
    if (this.#effort > effortLimit) return 'done'
    const candidate = readCrateList(available)
    this.#effort += candidate.kind === 'other' ? peekEffort : available.length
    if (candidate.kind === 'incomplete' && mayGrow) return this.#waitFor(2 * available.length)
    if (candidate.kind === 'list') this.#keep(candidate.text)
    else if (candidate.kind !== 'other') this.#reasons.add(reasonOf[candidate.kind])
    if (this.#effort > effortLimit) this.#reasons.add('too much in it looks like a list of crates')
    return 'done'
  }

  #waitFor(bytes: number): 'wait' {
    this.#neededBytes = bytes
    return 'wait'
  }

  #keep(text: string): void {
    if (this.#lists.has(text)) return
    if (this.#lists.size < listsLimit && this.#keptBytes + text.length <= keptLimitBytes) {
      this.#keptBytes += text.length
      this.#lists.add(text)
    } else this.#reasons.add('it holds more lists of crates than are read from one file')
  }
}

/** Where constants have a part of their own, as linkers have made it since 2018, there are none among the code. */
function codeOf(head: Buffer): readonly Segment[] {
  const segments = readElf(head)?.segments ?? []
  const code = segments.filter((one) => one.isExecutable && !one.isWritable)
  const hasConstants = segments.some((one) => one.offset > 0 && !one.isExecutable && !one.isWritable)
  return hasConstants ? code : []
}

function isWithin(segments: readonly Segment[], start: number, bytes: number): boolean {
  return segments.some(({ offset, sizeBytes }) => offset <= start && start + bytes <= offset + sizeBytes)
}

const peekBytes = 512
const reasonOf = {
  incomplete: 'the list of crates in it is cut off',
  oversized: 'the list of crates in it is too long',
  damaged: 'the list of crates in it is damaged',
} as const
