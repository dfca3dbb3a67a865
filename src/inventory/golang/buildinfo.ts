import { type Layout, readWord } from '../elf/layout.ts'

/** Build information that the Go linker puts into every executable: https://pkg.go.dev/debug/buildinfo */
export interface BuildInfo {
  /** As the toolchain calls itself: `go1.22.5`, `go1.20.6-google`, `devel go1.23-1a2b3c`. */
  readonly toolchain: string
  /** The module list, tab-separated fields line by line; empty when the program was built without modules. */
  readonly modules: string
}

/** What stands at one place of a file where the magic was seen. */
export type Candidate =
  /** More bytes are needed to tell. The toolchain is there when nothing but the module list is missing. */
  | { readonly kind: 'incomplete'; readonly toolchain?: string }
  /** Something else that happens to hold the magic. */
  | { readonly kind: 'other' }
  /** Go 1.18 and later: the texts follow. */
  | { readonly kind: 'inline'; readonly info: BuildInfo; readonly sizeBytes: number }
  /** A module list that is longer than any real one. */
  | { readonly kind: 'oversized'; readonly toolchain: string }
  /** Go before 1.18: addresses of the two strings in the running program. */
  | { readonly kind: 'pointers'; readonly pointers: StringPointers }

export interface StringPointers {
  readonly toolchain: number
  readonly modules: number
  readonly layout: Layout
}

export const magic = Buffer.from('\xff Go buildinf:', 'latin1')
/** The linker puts the magic at a multiple of this, in memory and therefore in the file. */
export const alignmentBytes = 16
export const modulesLimitBytes = 2 * 1024 ** 2

const headerBytes = 32
const toolchainLimitBytes = 256
/** Enough for any length below the limits. */
const varintLimitBytes = 5

/** Reads what begins with the magic at the start of `bytes`. Constant time unless it is build information. */
export function readCandidate(bytes: Buffer): Candidate {
  if (bytes.length < headerBytes) return { kind: 'incomplete' }
  const [wordBytes, flags = 0] = bytes.subarray(magic.length, alignmentBytes)
  if ((wordBytes !== 4 && wordBytes !== 8) || flags > 3) return { kind: 'other' }
  if ((flags & 2) !== 0) return readInline(bytes)
  const layout: Layout = { wordBytes, isBigEndian: (flags & 1) !== 0 }
  const [toolchain, modules] = [readWord(bytes, 16, layout), readWord(bytes, 16 + wordBytes, layout)]
  if (toolchain === undefined || modules === undefined || toolchain === 0) return { kind: 'other' }
  return { kind: 'pointers', pointers: { toolchain, modules, layout } }
}

function readInline(bytes: Buffer): Candidate {
  const first = readVarint(bytes, headerBytes)
  if (first.value > toolchainLimitBytes) return { kind: 'other' }
  const toolchainEnd = first.next + first.value
  if (bytes.length < toolchainEnd) return { kind: 'incomplete' }
  const toolchain = bytes.toString('latin1', first.next, toolchainEnd)
  if (!isToolchain(toolchain)) return { kind: 'other' }
  const second = readVarint(bytes, toolchainEnd)
  if (second.value > modulesLimitBytes) return { kind: 'oversized', toolchain }
  const sizeBytes = second.next + second.value
  if (bytes.length < sizeBytes) return { kind: 'incomplete', toolchain }
  const modules = unwrapModules(bytes.subarray(second.next, sizeBytes))
  return modules === undefined ? { kind: 'other' } : { kind: 'inline', info: { toolchain, modules }, sizeBytes }
}

/** A number that is cut off ends beyond the bytes; one with more digits than any length has is infinite. */
function readVarint(bytes: Buffer, start: number): { readonly value: number; readonly next: number } {
  let value = 0
  for (let i = 0; i < varintLimitBytes; i++) {
    const byte = bytes[start + i]
    if (byte === undefined) return { value: 0, next: bytes.length + 1 }
    value += (byte & 127) * 128 ** i
    if (byte < 128) return { value, next: start + i + 1 }
  }
  return { value: Number.POSITIVE_INFINITY, next: start }
}

export function isToolchain(text: string): boolean {
  return /^(?:go\d|devel )[ -~]{0,250}$/.test(text)
}

/** The list stands between two marks of 16 bytes. `undefined` when it does not; an absent list is empty. */
export function unwrapModules(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return ''
  const isMarked = bytes.length > 2 * markBytes && bytes.at(-markBytes - 1) === newline
  return isMarked ? bytes.toString('utf8', markBytes, bytes.length - markBytes) : undefined
}

const markBytes = 16
const newline = 10
