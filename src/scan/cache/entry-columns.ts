import { type Entry, entryTypes } from '#image/entry.ts'
import { joined } from '#kit/limits.ts'

/** Texts of one column together; far below the longest string that there can be. */
const textLimit = 256 * 1024 ** 2

/** No path and no target holds it. */
const separator = '\0'

const numberColumns = ['size', 'mode', 'uid', 'gid'] as const
const widths = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: Float64Array } as const

/**
 * Entries without their content, column by column: the same fields of neighbours are alike, so that this packs well,
 * and a column of texts is one string to decode. `undefined` for what is too large for that.
 */
export function encodeEntries(entries: readonly Entry[]): Buffer | undefined {
  const paths = encodeTexts(entries.map(({ path }) => path))
  const targets = encodeTexts(entries.flatMap(({ linkTarget }) => (linkTarget === undefined ? [] : [linkTarget])))
  if (paths === undefined || targets === undefined) return undefined
  const parts = [
    encodeNumbers(entries.map(({ type }) => entryTypes.indexOf(type))),
    ...numberColumns.map((column) => encodeNumbers(entries.map((entry) => entry[column]))),
    encodeNumbers(entries.map(({ linkTarget }) => Number(linkTarget !== undefined))),
    paths,
    targets,
  ].flat()
  return joined(
    parts,
    parts.reduce((sum, { length }) => sum + length, 0),
  )
}

/** Reads what `encodeEntries` wrote; throws on anything else. */
export function decodeEntries(bytes: Buffer, count: number): Entry[] {
  const reader = new ColumnReader(bytes)
  const types = reader.numbers(count)
  const [sizes, modes, uids, gids] = [count, count, count, count].map((length) => reader.numbers(length))
  const linked = reader.numbers(count)
  const paths = reader.texts(count)
  let links = 0
  for (const flag of linked) links += flag
  const targets = reader.texts(links).values()
  return paths.map((path, index): Entry => {
    const type = entryTypes[at(types, index)]
    if (type === undefined) throw new RangeError('no such type')
    return {
      path,
      type,
      size: at(sizes, index),
      mode: at(modes, index),
      uid: at(uids, index),
      gid: at(gids, index),
      linkTarget: at(linked, index) === 1 ? targets.next().value : undefined,
      content: undefined,
    }
  })
}

type NumberColumn = Uint8Array | Uint16Array | Uint32Array | Float64Array

function at(column: NumberColumn | undefined, index: number): number {
  const value = column?.[index]
  if (value === undefined) throw new RangeError('a column is too short')
  return value
}

function encodeNumbers(values: readonly number[]): Buffer[] {
  const column = new widths[widthOf(values)](values)
  return [Buffer.from([column.BYTES_PER_ELEMENT]), Buffer.from(column.buffer, column.byteOffset, column.byteLength)]
}

function widthOf(values: readonly number[]): keyof typeof widths {
  let most = 0
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0) return 8
    if (value > most) most = value
  }
  if (most < 2 ** 8) return 1
  if (most < 2 ** 16) return 2
  return most < 2 ** 32 ? 4 : 8
}

/** Names that are no UTF-8 hold lone surrogates, which only UTF-16 takes as they are. */
function encodeTexts(texts: readonly string[]): Buffer[] | undefined {
  if (texts.reduce((sum, { length }) => sum + length + 1, 0) > textLimit) return undefined
  const text = texts.join(separator)
  const isPlain = text.isWellFormed()
  const bytes = Buffer.from(text, isPlain ? 'utf8' : 'utf16le')
  const head = Buffer.alloc(5)
  head.writeUInt8(isPlain ? 1 : 2, 0)
  head.writeUInt32LE(bytes.length, 1)
  return [head, bytes]
}

class ColumnReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  numbers(count: number): NumberColumn {
    const width = this.#take(1).readUInt8(0)
    if (width !== 1 && width !== 2 && width !== 4 && width !== 8) throw new RangeError('no such width')
    // A copy: typed arrays must be aligned.
    const copy = new Uint8Array(this.#take(count * width))
    return new widths[width](copy.buffer, copy.byteOffset, count)
  }

  texts(count: number): string[] {
    const head = this.#take(5)
    const bytes = this.#take(head.readUInt32LE(1))
    const text = bytes.toString(head.readUInt8(0) === 1 ? 'utf8' : 'utf16le')
    const texts = count === 0 ? [] : text.split(separator)
    if (texts.length !== count) throw new RangeError('another number of texts than entries')
    return texts
  }

  #take(size: number): Buffer {
    const end = this.#at + size
    if (end > this.#bytes.length) throw new RangeError('a column is cut off')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}
