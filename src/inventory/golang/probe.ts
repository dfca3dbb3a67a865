import type { Probe } from '#image/entry.ts'
import { joined } from '#kit/limits.ts'
import { type Elf, elfHeadBytes, readElf } from '../elf/elf.ts'
import { isExecutable } from '../elf/executable.ts'
import { loadSegments } from '../elf/load-segments.ts'
import { Window } from '../elf/window.ts'
import {
  alignmentBytes,
  type BuildInfo,
  type Candidate,
  magic,
  modulesLimitBytes,
  readCandidate,
  type StringPointers,
} from './buildinfo.ts'
import { encodeNote } from './note.ts'
import { isPlausible, type Program, readPointed } from './pointed.ts'

/** Looks for build information in a file that begins like an executable; keeps nothing else. */
export function probeExecutable(head: Uint8Array, sizeBytes: number): Probe | undefined {
  return isExecutable(head) ? new GoProbe(sizeBytes) : undefined
}

/** A chunk is taken in pieces of this size, so that a file given whole is not copied whole. */
const pieceBytes = 256 * 1024
/** A universal binary has one per architecture, a program that carries others one for each of them. */
const infosLimit = 16
const keptLimitBytes = 2 * modulesLimitBytes
const retainedLimitBytes = 64 * 1024 ** 2
const pointersLimit = 64

class GoProbe implements Probe {
  readonly #sizeBytes: number
  #receivedBytes = 0
  readonly #window = new Window()
  readonly #head = Buffer.alloc(elfHeadBytes)
  #elf: Elf | undefined
  #program: Program | undefined
  readonly #infos = new Map<string, BuildInfo>()
  #keptBytes = 0
  readonly #pointers: StringPointers[] = []
  /** The whole file, while Go before 1.18 is possible: its texts stand before what points to them. */
  #retained: Buffer | undefined
  readonly #reasons = new Set<string>()

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes
  }

  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += pieceBytes) this.#take(chunk.subarray(at, at + pieceBytes))
  }

  end(): Buffer | undefined {
    if (this.#receivedBytes < elfHeadBytes) this.#readHead(this.#head.subarray(0, this.#receivedBytes))
    this.#search({ isEnd: true })
    if (this.#infos.size === 0) this.#follow()
    if (this.#infos.size === 0 && this.#reasons.size === 0) {
      if (!this.#hasGoNote) return undefined
      this.#reasons.add('a Go program without build information')
    }
    return encodeNote({ infos: [...this.#infos.values()], reasons: [...this.#reasons] })
  }

  get #hasGoNote(): boolean {
    return this.#elf?.notes.some(({ owner }) => owner === 'Go') === true
  }

  #take(piece: Uint8Array): void {
    if (this.#receivedBytes < elfHeadBytes) {
      this.#head.set(piece.subarray(0, elfHeadBytes - this.#receivedBytes), this.#receivedBytes)
      if (this.#receivedBytes + piece.length >= elfHeadBytes) this.#readHead(this.#head)
    }
    const roomBytes = Math.max(this.#sizeBytes - this.#receivedBytes, 0)
    if (roomBytes > 0) this.#retained?.set(piece.subarray(0, roomBytes), this.#receivedBytes)
    this.#receivedBytes += piece.length
    if (this.#window.bytes.length < magic.length && !hasMagic(this.#window.bytes, piece)) {
      this.#window.passOver(piece, magic.length - 1)
      return
    }
    this.#window.append(piece)
    this.#search({ isEnd: false })
  }

  #readHead(head: Buffer): void {
    this.#elf = readElf(head)
    const segments = loadSegments(head)
    this.#program = this.#elf ?? (segments === undefined ? undefined : { segments })
    const mayBeGo = this.#elf === undefined ? segments !== undefined : this.#elf.isStatic || this.#hasGoNote
    if (this.#sizeBytes > retainedLimitBytes || !mayBeGo) return
    this.#retained = Buffer.alloc(this.#sizeBytes)
    this.#retained.set(head.subarray(0, this.#sizeBytes))
  }

  #search({ isEnd }: { readonly isEnd: boolean }): void {
    const { bytes, offset } = this.#window
    let from = 0
    for (let index = bytes.indexOf(magic); index !== -1; index = bytes.indexOf(magic, from)) {
      const isAligned = (offset + index) % alignmentBytes === 0
      const candidate = isAligned ? readCandidate(bytes.subarray(index)) : undefined
      if (candidate?.kind === 'incomplete' && !isEnd) {
        this.#window.drop(index)
        return
      }
      if (candidate !== undefined) this.#note(candidate)
      from = index + (candidate?.kind === 'inline' ? candidate.sizeBytes : 1)
    }
    this.#window.drop(Math.max(bytes.length - magic.length + 1, from))
  }

  #note(candidate: Candidate): void {
    if (candidate.kind === 'inline') this.#add(candidate.info)
    if (candidate.kind === 'oversized') this.#reasons.add(`the module list of ${candidate.toolchain} is too long`)
    if (candidate.kind === 'incomplete' && candidate.toolchain !== undefined) {
      this.#reasons.add(`the file ends inside the module list of ${candidate.toolchain}`)
    }
    if (candidate.kind !== 'pointers' || !isPlausible(candidate.pointers, this.#program)) return
    if (this.#pointers.length < pointersLimit) this.#pointers.push(candidate.pointers)
  }

  #add(info: BuildInfo): void {
    this.#retained = undefined
    const key = `${info.toolchain}\n${info.modules}`
    if (this.#infos.has(key)) return
    if (this.#infos.size < infosLimit && this.#keptBytes + key.length <= keptLimitBytes) {
      this.#keptBytes += key.length
      this.#infos.set(key, info)
    } else this.#reasons.add('it holds more Go programs than are read from one file')
  }

  /** Go before 1.18 left the addresses of two strings. */
  #follow(): void {
    for (const pointers of this.#pointers) {
      const info = this.#retained && this.#program ? readPointed(this.#retained, this.#program, pointers) : undefined
      if (info !== undefined) this.#add(info)
      else this.#reasons.add(this.#retained === undefined ? notRetained : notInFile)
    }
  }
}

/** Whether it is in a piece, or begins in the few bytes before it. */
function hasMagic(before: Buffer, piece: Uint8Array): boolean {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
  const after = bytes.subarray(0, magic.length - 1)
  return joined([before, after], before.length + after.length).includes(magic) || bytes.includes(magic)
}

const notRetained = `built by Go before 1.18, whose module list is read from files of one program up to ${retainedLimitBytes / 1024 ** 2} MiB only`
const notInFile = 'built by Go before 1.18, and its build information points outside the file'
