import { Capture } from './capture.ts'
import { type Elf, elfHeadBytes, offsetOf, readElf, type Segment } from './elf.ts'
import { readWord } from './layout.ts'

/** What an ELF file says of itself and of what it is loaded with. */
export interface Linkage {
  readonly kind: 'executable' | 'library'
  /** True when it needs neither an interpreter nor libraries. */
  readonly isStatic: boolean
  /** Lower case hexadecimal. */
  readonly buildId?: string | undefined
  readonly interpreter?: string | undefined
  readonly soname?: string | undefined
  /** Absent where the names could not be read. */
  readonly needed?: readonly string[] | undefined
}

/** The first segment is kept up to here: names stand in it, before the code. */
const frontLimitBytes = 4 * 1024 ** 2
const dynamicLimitBytes = 64 * 1024
const stringsLimitBytes = 4 * 1024 ** 2
const neededLimit = 200
const nameLimitBytes = 1024
const buildIdLimitBytes = 64

/** Reads an ELF file that streams by. What the table of its linkage points to mostly comes before it. */
export class LinkageReader {
  #offset = 0
  #front = new Capture(0, elfHeadBytes)
  #elf: Elf | undefined
  #isHeadRead = false
  #dynamic: Capture | undefined
  #interpreter: Capture | undefined
  #table: DynamicTable | undefined
  #strings: Capture | undefined

  write(chunk: Uint8Array): void {
    this.#front.take(chunk, this.#offset)
    if (!this.#isHeadRead && this.#front.isWhole) this.#readHead(chunk)
    this.#dynamic?.take(chunk, this.#offset)
    this.#interpreter?.take(chunk, this.#offset)
    if (this.#table === undefined && this.#dynamic?.isWhole === true) this.#readTable()
    this.#strings?.take(chunk, this.#offset)
    this.#offset += chunk.length
  }

  /** `undefined` when it is neither an executable nor a library. */
  end(): Linkage | undefined {
    if (!this.#isHeadRead) this.#readHead(this.#front.bytes)
    if (this.#table === undefined && this.#dynamic?.isWhole === true) this.#readTable()
    const elf = this.#elf
    return elf === undefined || elf.type === 'other' ? undefined : this.#linkage(elf, this.#table)
  }

  #linkage(elf: Elf, { soname, isPie = false }: Partial<DynamicTable> = {}): Linkage {
    const isLoaded = elf.interpreter !== undefined
    const isProgram = elf.type === 'executable' || isPie || isLoaded
    const needed = elf.dynamic === undefined ? [] : this.#needed()
    const isOwnLoader = elf.dynamic === undefined || isPie
    return {
      kind: isProgram && soname === undefined ? 'executable' : 'library',
      isStatic: !isLoaded && isOwnLoader && needed?.length === 0,
      buildId: buildIdOf(elf),
      interpreter: this.#interpreter?.isWhole === true ? textAt(this.#interpreter.bytes, 0) : undefined,
      soname: soname === undefined ? undefined : this.#nameAt(soname),
      needed,
    }
  }

  #readHead(chunk: Uint8Array): void {
    this.#isHeadRead = true
    const head = this.#front.bytes
    const elf = readElf(head)
    if (elf === undefined) return
    this.#elf = elf
    const first = elf.segments.find(({ offset }) => offset === 0)
    const frontBytes = Math.min(first?.sizeBytes ?? 0, frontLimitBytes)
    if (frontBytes > head.length) {
      this.#front = new Capture(0, frontBytes)
      this.#front.take(head, 0)
      this.#front.take(chunk, this.#offset)
    }
    this.#dynamic = this.#captureOf(elf.dynamic, dynamicLimitBytes)
    this.#interpreter = this.#captureOf(elf.interpreter, nameLimitBytes)
  }

  #captureOf(segment: Segment | undefined, limitBytes: number): Capture | undefined {
    if (segment === undefined || segment.sizeBytes === 0 || segment.sizeBytes > limitBytes) return undefined
    const capture = new Capture(segment.offset, segment.sizeBytes)
    capture.take(this.#front.bytes, 0)
    return capture
  }

  #readTable(): void {
    if (this.#elf === undefined || this.#dynamic === undefined) return
    this.#table = readDynamic(this.#dynamic.bytes, this.#elf)
    const { strings } = this.#table
    const isInFront = strings === undefined || strings.offset + strings.sizeBytes <= this.#front.end
    if (!isInFront) this.#strings = this.#captureOf(strings, stringsLimitBytes)
  }

  /** Where one of them could not be read none is told, rather than some. */
  #needed(): readonly string[] | undefined {
    const names = this.#table?.needed.map((at) => this.#nameAt(at))
    return names?.every((name) => name !== undefined) === true ? names : undefined
  }

  #nameAt(at: number): string | undefined {
    const strings = this.#table?.strings
    if (strings === undefined || at >= strings.sizeBytes) return undefined
    const { start, bytes } = this.#strings ?? this.#front
    return textAt(bytes, strings.offset - start + at)
  }
}

interface DynamicTable {
  /** Offsets of names in `strings`. */
  readonly needed: readonly number[]
  readonly soname: number | undefined
  readonly isPie: boolean
  readonly strings: Segment | undefined
}

/** https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html; the flags are of GNU and Solaris. */
const tagEnd = 0
const tagNeeded = 1
const tagStrings = 5
const tagStringsSize = 10
const tagSoname = 14
const tagFlags1 = 0x6ffffffb
const flagPie = 0x08000000

function readDynamic(bytes: Buffer, elf: Elf): DynamicTable {
  const { layout } = elf
  const values = new Map<number, number>()
  const needed: number[] = []
  for (let at = 0; at + 2 * layout.wordBytes <= bytes.length; at += 2 * layout.wordBytes) {
    const tag = readWord(bytes, at, layout)
    const value = readWord(bytes, at + layout.wordBytes, layout)
    if (tag === tagEnd) break
    if (tag === undefined || value === undefined) continue
    if (tag !== tagNeeded) values.set(tag, value)
    else if (needed.length < neededLimit) needed.push(value)
  }
  const address = values.get(tagStrings)
  const offset = address === undefined ? undefined : offsetOf(elf, address)
  return {
    needed,
    soname: values.get(tagSoname),
    isPie: Math.floor((values.get(tagFlags1) ?? 0) / flagPie) % 2 === 1,
    strings: offset === undefined ? undefined : { offset, address: 0, sizeBytes: values.get(tagStringsSize) ?? 0 },
  }
}

const gnuBuildId = 3

function buildIdOf({ notes }: Elf): string | undefined {
  const note = notes.find(({ owner, type }) => owner === 'GNU' && type === gnuBuildId)
  const isUsable = note !== undefined && note.content.length > 0 && note.content.length <= buildIdLimitBytes
  return isUsable ? note.content.toString('hex') : undefined
}

/** Names of libraries and paths of loaders are printable; what is not is no name. */
function textAt(bytes: Buffer, at: number): string | undefined {
  const end = at < 0 ? -1 : bytes.subarray(at, at + nameLimitBytes).indexOf(0)
  const text = end === -1 ? '' : bytes.toString('latin1', at, at + end)
  return /^[ -~]+$/.test(text) ? text : undefined
}
