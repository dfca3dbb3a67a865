import { Problem } from '#kit/errors.ts'
import { joined } from '#kit/limits.ts'
import { archiveLimits, type FeedMember, type MemberOptions } from './archive-limits.ts'
import type { DroppedItem } from './source.ts'

const blockBytes = 512
const fileTypes: ReadonlySet<string> = new Set(['0', '\0', '7'])

/** The wanted files of a tar (ustar, pax and GNU long names) in the order of the archive. */
export async function* tarMembers(
  content: AsyncIterable<Uint8Array>,
  at: string,
  { wants, signal }: MemberOptions,
): AsyncGenerator<FeedMember | DroppedItem> {
  const reader = new BlockReader(content, at)
  let longName: string | undefined
  for (let count = 0; ; count += 1) {
    signal.throwIfAborted()
    if (count > archiveLimits.members) throw new Problem('limit_exceeded', 'too many files in the archive', { at })
    const header = await reader.take(blockBytes)
    if (header === undefined || isZero(header)) return
    const { name, size, type } = readHeader(header, at)
    if (type === 'x' || type === 'L') {
      const bytes = await reader.content(size)
      longName = type === 'L' ? bytes.toString().replace(/\0.*$/s, '') : (paxPath(bytes) ?? longName)
      continue
    }
    const memberName = longName ?? name
    if (type !== 'g') longName = undefined
    const isWanted = fileTypes.has(type) && wants(memberName)
    if (isWanted && size <= archiveLimits.memberBytes) {
      yield { name: memberName, bytes: await reader.content(size) }
      continue
    }
    if (isWanted) yield { dropped: { at: memberName, reason: 'larger than the limit' } }
    await reader.skip(padded(size))
  }
}

function readHeader(
  header: Buffer,
  at: string,
): { readonly name: string; readonly size: number; readonly type: string } {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
  if (sum !== octal(header, 148, 156)) throw new Problem('malformed', 'the tar header is damaged', { at })
  const size = octal(header, 124, 136)
  if (size === undefined) throw new Problem('malformed', 'the tar header has no size', { at })
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? text(header, 345, 500) : ''
  const name = text(header, 0, 100)
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type: header.toString('latin1', 156, 157) }
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0)
}

function text(header: Buffer, start: number, end: number): string {
  return header.subarray(start, end).toString().replace(/\0.*$/s, '')
}

function octal(header: Buffer, start: number, end: number): number | undefined {
  const digits = header
    .toString('latin1', start, end)
    .replace(/[\0 ]+$/, '')
    .trimStart()
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** A pax record is `<length> path=<value>\n`. */
function paxPath(bytes: Buffer): string | undefined {
  let path: string | undefined
  for (let offset = 0; offset < bytes.length; ) {
    const length = Number(/^(\d{1,7}) /.exec(bytes.toString('latin1', offset, offset + 8))?.[1])
    if (!(length > 0)) return path
    const record = bytes.subarray(offset, offset + length).toString()
    path = /^\d+ path=(.*)\n$/s.exec(record)?.[1] ?? path
    offset += length
  }
  return path
}

function padded(size: number): number {
  return Math.ceil(size / blockBytes) * blockBytes
}

class BlockReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #at: string
  #rest: Uint8Array = new Uint8Array(0)

  constructor(content: AsyncIterable<Uint8Array>, at: string) {
    this.#chunks = content[Symbol.asyncIterator]()
    this.#at = at
  }

  /** Exactly `size` bytes; `undefined` at the end of the archive. */
  async take(size: number): Promise<Buffer | undefined> {
    const pieces: Uint8Array[] = []
    for (let missing = size; missing > 0; ) {
      if (this.#rest.length === 0 && !(await this.#fill())) {
        if (missing === size) return undefined
        throw new Problem('malformed', 'the tar archive is cut off', { at: this.#at })
      }
      const piece = this.#rest.subarray(0, missing)
      this.#rest = this.#rest.subarray(piece.length)
      missing -= piece.length
      pieces.push(piece)
    }
    return joined(pieces, size)
  }

  /** The content of a member, with its padding passed over. */
  async content(size: number): Promise<Buffer> {
    if (size > archiveLimits.memberBytes)
      throw new Problem('limit_exceeded', 'a tar header too large', { at: this.#at })
    const bytes = await this.take(padded(size))
    if (bytes === undefined && size > 0) throw new Problem('malformed', 'the tar archive is cut off', { at: this.#at })
    return (bytes ?? Buffer.alloc(0)).subarray(0, size)
  }

  async skip(size: number): Promise<void> {
    for (let missing = size; missing > 0; ) {
      if (this.#rest.length === 0 && !(await this.#fill())) {
        throw new Problem('malformed', 'the tar archive is cut off', { at: this.#at })
      }
      const step = Math.min(missing, this.#rest.length)
      this.#rest = this.#rest.subarray(step)
      missing -= step
    }
  }

  async #fill(): Promise<boolean> {
    const { done, value } = await this.#chunks.next()
    if (done === true) return false
    this.#rest = value
    return true
  }
}
