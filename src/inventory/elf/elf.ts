import { type Layout, readWord } from './layout.ts'

/** What the first bytes of an ELF executable tell: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html */
export interface Elf {
  readonly type: 'executable' | 'shared' | 'other'
  readonly layout: Layout
  /** True when it needs nothing else to run: neither interpreter nor libraries. */
  readonly isStatic: boolean
  /** What linkers and distributions leave: build ids, package notes. */
  readonly notes: readonly ElfNote[]
  readonly segments: readonly LoadSegment[]
  /** The table of what it is loaded with. */
  readonly dynamic: Segment | undefined
  /** The path of what loads it. */
  readonly interpreter: Segment | undefined
}

export interface ElfNote {
  /** `GNU`, `Go`, `FDO`. */
  readonly owner: string
  /** What it says; each owner has numbers of its own. */
  readonly type: number
  readonly content: Buffer
}

/** A part of the file that is put into memory. */
export interface Segment {
  readonly offset: number
  readonly address: number
  readonly sizeBytes: number
}

export interface LoadSegment extends Segment {
  readonly isWritable: boolean
  readonly isExecutable: boolean
}

/** So much of a file is enough: linkers keep headers and notes in the first page. */
export const elfHeadBytes = 4096

export function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46
}

/** `undefined` when it is no ELF executable or library. Tables that reach beyond the head are read up to there. */
export function readElf(head: Buffer): Elf | undefined {
  const [wordClass, encoding] = head.subarray(4, 6)
  if (!isElf(head) || (wordClass !== 1 && wordClass !== 2) || (encoding !== 1 && encoding !== 2)) return undefined
  const layout: Layout = { wordBytes: wordClass === 2 ? 8 : 4, isBigEndian: encoding === 2 }
  const headers = programHeaders(head, layout)
  const segmentOf = (type: number) => headers.find((one) => one.type === type)?.segment
  return {
    type: fileTypes[readHalf(head, 16, layout) ?? 0] ?? 'other',
    layout,
    isStatic: headers.length > 0 && !headers.some(({ type }) => type === typeInterpreter || type === typeDynamic),
    notes: headers
      .filter(({ type }) => type === typeNote)
      .flatMap(({ segment }) => readNotes(head, segment, layout).toArray()),
    segments: headers.filter(({ type }) => type === typeLoad).map(({ segment }) => segment),
    dynamic: segmentOf(typeDynamic),
    interpreter: segmentOf(typeInterpreter),
  }
}

/** Where in the file the byte at an address is; `undefined` when no segment brings it. */
export function offsetOf({ segments }: { readonly segments: readonly Segment[] }, address: number): number | undefined {
  const segment = segments.find((one) => address >= one.address && address < one.address + one.sizeBytes)
  return segment === undefined ? undefined : address - segment.address + segment.offset
}

/** A program that may be loaded anywhere is a shared object as well. */
const fileTypes: Readonly<Record<number, Elf['type']>> = { 2: 'executable', 3: 'shared' }

const typeLoad = 1
const typeDynamic = 2
const typeInterpreter = 3
const typeNote = 4

interface ProgramHeader {
  readonly type: number
  readonly segment: LoadSegment
}

/** Bits of `p_flags`. */
const executableFlag = 1
const writableFlag = 2

function programHeaders(head: Buffer, layout: Layout): ProgramHeader[] {
  const is64 = layout.wordBytes === 8
  const table = readWord(head, is64 ? 32 : 28, layout)
  const entryBytes = readHalf(head, is64 ? 54 : 42, layout)
  const count = readHalf(head, is64 ? 56 : 44, layout)
  if (table === undefined || entryBytes === undefined || count === undefined) return []
  if (entryBytes < (is64 ? 56 : 32)) return []
  const headers: ProgramHeader[] = []
  for (let i = 0, at = table; i < count && at + entryBytes <= head.length; i++, at += entryBytes) {
    const header = programHeader(head, at, layout)
    if (header !== undefined) headers.push(header)
  }
  return headers
}

function programHeader(head: Buffer, at: number, layout: Layout): ProgramHeader | undefined {
  const word: Layout = { ...layout, wordBytes: 4 }
  const [flagsAt, offsetAt, addressAt, sizeAt] = layout.wordBytes === 8 ? [4, 8, 16, 32] : [24, 4, 8, 16]
  const type = readWord(head, at, word)
  const offset = readWord(head, at + offsetAt, layout)
  const address = readWord(head, at + addressAt, layout)
  const sizeBytes = readWord(head, at + sizeAt, layout)
  if (type === undefined || offset === undefined || address === undefined || sizeBytes === undefined) return undefined
  const flags = readWord(head, at + flagsAt, word) ?? 0
  const isExecutable = (flags & executableFlag) !== 0
  const isWritable = (flags & writableFlag) !== 0
  return { type, segment: { offset, address, sizeBytes, isWritable, isExecutable } }
}

function readHalf(bytes: Buffer, at: number, { isBigEndian }: Layout): number | undefined {
  if (at + 2 > bytes.length) return undefined
  return isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)
}

/** Notes follow one another: the lengths of name and content, a type, then both, each filled up to four bytes. */
function* readNotes(head: Buffer, { offset, sizeBytes }: Segment, layout: Layout): Generator<ElfNote> {
  const end = Math.min(offset + sizeBytes, head.length)
  const word: Layout = { ...layout, wordBytes: 4 }
  for (let at = offset; at + 12 <= end; ) {
    const nameBytes = readWord(head, at, word) ?? 0
    const contentBytes = readWord(head, at + 4, word) ?? 0
    const start = at + 12 + roundedUp(nameBytes)
    if (start + contentBytes <= end) {
      const owner = head.toString('latin1', at + 12, at + 12 + nameBytes).replace(/\0+$/, '')
      yield { owner, type: readWord(head, at + 8, word) ?? 0, content: head.subarray(start, start + contentBytes) }
    }
    at = start + roundedUp(contentBytes)
  }
}

function roundedUp(bytes: number): number {
  return Math.ceil(bytes / 4) * 4
}
