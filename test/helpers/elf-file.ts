export interface ElfShape {
  /** Bytes of a word: 8 unless told. */
  readonly wordBytes?: 4 | 8
  readonly isBigEndian?: boolean
  /** 2: executable, 3: shared object. */
  readonly type?: number
  readonly interpreter?: string
  readonly buildId?: string
  readonly needed?: readonly string[]
  readonly soname?: string
  readonly flags1?: number
  /** Where the names are: in front of everything else, or behind it. */
  readonly strings?: 'front' | 'back'
  /** Bytes between the front and the dynamic section. */
  readonly codeBytes?: number
}

const base = 0x400000
const headBytes = 1024
const load = 1
const flags1Tag = 0x6ffffffb

/** A file that loaders would take for what the shape says, with no code in it. */
export function elfFile(shape: ElfShape = {}): Buffer {
  const word = wordsOf(shape)
  const { strings = 'front', codeBytes = 5000 } = shape
  const names = namesOf(shape)
  const interpreter = { at: headBytes, bytes: interpreterOf(shape) }
  const note = { at: roundedUp(headBytes + interpreter.bytes.length), bytes: noteOf(shape, word) }
  const frontEnd = roundedUp(note.at + note.bytes.length)
  const namesInFront = strings === 'front' ? names.length : 0
  const dynamicAt = roundedUp(frontEnd + namesInFront + codeBytes)
  const dynamicBytes = dynamicOf(shape, 0, word).length
  const namesAt = strings === 'front' ? frontEnd : dynamicAt + dynamicBytes
  const dynamic = { at: dynamicAt, bytes: dynamicOf(shape, namesAt, word) }
  const end = Math.max(dynamicAt + dynamicBytes, namesAt + names.length)
  const pieces = [interpreter, note, dynamic].map((piece, index) => ({ ...piece, type: [3, 4, 2][index] ?? 0 }))
  const segments: Segment[] = [
    { type: load, at: 0, size: frontEnd + namesInFront },
    { type: load, at: dynamicAt, size: end - dynamicAt },
    ...pieces.flatMap(({ type, at, bytes }) => (bytes.length === 0 ? [] : [{ type, at, size: bytes.length }])),
  ]
  const file = Buffer.alloc(end)
  for (const { at, bytes } of [...pieces, { at: namesAt, bytes: names }]) bytes.copy(file, at)
  headerOf(shape, segments, word).copy(file)
  return file
}

interface Segment {
  readonly type: number
  readonly at: number
  readonly size: number
}

/** A number in so many bytes, those of a word unless told. */
type Word = (value: number, bytes?: number) => Buffer

function wordsOf({ wordBytes = 8, isBigEndian = false }: ElfShape): Word {
  return (value, bytes = wordBytes) => {
    const buffer = Buffer.alloc(8)
    if (isBigEndian) buffer.writeBigUInt64BE(BigInt(value))
    else buffer.writeBigUInt64LE(BigInt(value))
    return isBigEndian ? buffer.subarray(8 - bytes) : buffer.subarray(0, bytes)
  }
}

function namesOf({ needed = [], soname }: ElfShape): Buffer {
  return Buffer.from(['', ...needed, soname ?? ''].map((name) => `${name}\0`).join(''))
}

function interpreterOf({ interpreter }: ElfShape): Buffer {
  return Buffer.from(interpreter === undefined ? '' : `${interpreter}\0`)
}

function dynamicOf(shape: ElfShape, namesAt: number, word: Word): Buffer {
  const { needed, soname, flags1 } = shape
  if (needed === undefined && soname === undefined && flags1 === undefined) return Buffer.alloc(0)
  const names = namesOf(shape)
  const entries = [
    [5, base + namesAt],
    ...(needed ?? []).map((name) => [1, names.indexOf(`\0${name}\0`) + 1]),
    ...(soname === undefined ? [] : [[14, names.indexOf(`\0${soname}\0`) + 1]]),
    ...(flags1 === undefined ? [] : [[flags1Tag, flags1]]),
    [10, names.length],
    [0, 0],
  ]
  return Buffer.concat(entries.flat().map((value) => word(value)))
}

function noteOf({ buildId }: ElfShape, word: Word): Buffer {
  if (buildId === undefined) return Buffer.alloc(0)
  const content = Buffer.from(buildId, 'hex')
  return Buffer.concat([word(4, 4), word(content.length, 4), word(3, 4), Buffer.from('GNU\0'), content])
}

function headerOf(
  { wordBytes = 8, isBigEndian, type = 3 }: ElfShape,
  segments: readonly Segment[],
  word: Word,
): Buffer {
  const is64 = wordBytes === 8
  const ident = [0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, isBigEndian === true ? 2 : 1, 1]
  const tableAt = is64 ? 64 : 52
  const halves = [tableAt, is64 ? 56 : 32, segments.length, 0, 0, 0]
  return Buffer.concat([
    Buffer.from([...ident, ...Array.from({ length: 9 }, () => 0)]),
    word(type, 2),
    word(62, 2),
    word(1, 4),
    word(base),
    word(tableAt),
    word(0),
    word(0, 4),
    ...halves.map((half) => word(half, 2)),
    ...segments.map((segment) => programHeader(segment, is64, word)),
  ])
}

function programHeader({ type, at, size }: Segment, is64: boolean, word: Word): Buffer {
  const place = [word(at), word(base + at), word(base + at), word(size), word(size)]
  const flags = word(4, 4)
  return Buffer.concat(
    is64 ? [word(type, 4), flags, ...place, word(4096)] : [word(type, 4), ...place, flags, word(4096)],
  )
}

function roundedUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}
