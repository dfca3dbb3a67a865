import { Problem } from '#kit/errors.ts'
import { joined, readAll } from '#kit/limits.ts'
import type { TarHeader } from '#kit/tar/tar-parser.ts'
import { archiveKind, headBytes } from './archive-head.ts'
import { ArchiveMembers } from './archive-members.ts'
import type { LayerContents, Selector } from './entry.ts'
import { type ImagePieces, readPromised } from './image-pieces.ts'
import { KeptContent } from './kept-content.ts'
import { readLayer } from './layer.ts'
import type { ReadOptions } from './stored-target.ts'

/** What was kept of a member as it passed by. */
interface Piece {
  readonly size: number
  /** A document; absent when it was dropped to make room. */
  bytes?: Buffer
  /** Which of the layers that passed by it is, when it is one. */
  readonly layer?: number
  /** Why it could not be read as a layer, in case it turns out to be one. */
  readonly failure?: Problem
}

interface StreamOptions extends Pick<ReadOptions, 'limits' | 'signal'> {
  readonly selector: Selector
}

/** What all documents of one archive may take together; the largest are dropped first, for they are no manifests. */
const documentsBytes = 64 * 1024 ** 2

/** The pieces of an image in an archive that passes by once. */
export class StreamedPieces implements ImagePieces {
  readonly at: string
  readonly #options: StreamOptions
  readonly #members: ArchiveMembers<Piece>
  readonly #kept: KeptContent
  #documents: Piece[] = []
  #documentBytes = 0
  #layers = 0

  constructor(at: string, options: StreamOptions) {
    this.at = at
    this.#options = options
    this.#members = new ArchiveMembers(at, options.limits)
    this.#kept = new KeptContent(options.limits.keptImageBytes)
  }

  /** Layers that have passed by so far, those of other images in the archive included. */
  get layersRead(): number {
    return this.#layers
  }

  /** Takes in the next member of the archive. */
  async take(header: TarHeader, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (header.type === 'symlink' || header.type === 'hardlink') this.#members.addLink(header)
    if (header.type !== 'file') return
    const { head, all } = await withHead(content)
    const piece =
      archiveKind(head) !== undefined ? await this.#readLayer(header, all) : await this.#readDocument(header, all)
    this.#members.addFile(header.path, piece)
  }

  async size(path: string): Promise<number | undefined> {
    return this.#members.find(path)?.size
  }

  async document(path: string): Promise<Buffer> {
    const piece = this.#members.find(path)
    if (piece?.bytes !== undefined) return piece.bytes
    const isTooLarge = piece !== undefined && piece.size > 0 && piece.layer === undefined
    if (isTooLarge) throw new Problem('limit_exceeded', `${path} is too large`, { at: this.at })
    throw new Problem('malformed', `${path} is ${piece === undefined ? 'missing' : 'no document'}`, { at: this.at })
  }

  /** A layer that passed by, under the name it has in its image. */
  layer(path: string, name: string): LayerContents {
    const piece = this.#members.find(path)
    const contents = piece?.layer === undefined ? undefined : this.#kept.get(piece.layer, name)
    if (contents === undefined) {
      throw piece?.failure ?? new Problem('malformed', `${path} is not a layer`, { at: this.at })
    }
    const { unknowns } = contents
    return { ...contents, unknowns: unknowns.map((one) => (one.path === path ? { ...one, path: name } : one)) }
  }

  async #readLayer({ path, size }: TarHeader, blob: AsyncIterable<Uint8Array>): Promise<Piece> {
    const { limits, selector } = this.#options
    this.#layers += 1
    if (this.#layers > limits.layers) {
      throw new Problem('limit_exceeded', `more than ${limits.layers} layers pass by`, {
        at: this.at,
        hint: 'Save fewer images at a time, or uncompress the archive.',
      })
    }
    const { signal } = this.#options
    try {
      const contents = await readPromised(this, path, {
        blob,
        read: (chunks) => readLayer(chunks, { selector, limits, signal, name: path, hashDiffId: true }),
      })
      this.#kept.add(this.#layers, contents)
      return { size, layer: this.#layers }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Problem) return { size, failure: error }
      throw error
    }
  }

  async #readDocument({ path, size }: TarHeader, content: AsyncIterable<Uint8Array>): Promise<Piece> {
    if (size > this.#options.limits.documentBytes) return { size }
    const bytes = await readAll(content, this.#options.limits.documentBytes, `${this.at}: ${path}`)
    const piece: Piece = { size, bytes }
    this.#documents.push(piece)
    this.#documentBytes += size
    if (this.#documentBytes > documentsBytes) this.#dropLargest()
    return piece
  }

  #dropLargest(): void {
    this.#documents = this.#documents.toSorted((left, right) => left.size - right.size)
    while (this.#documentBytes > documentsBytes / 2) {
      const largest = this.#documents.pop()
      if (largest === undefined) return
      this.#documentBytes -= largest.size
      delete largest.bytes
    }
  }
}

/** Reads the first block of a content and puts it in front again. */
async function withHead(
  content: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Buffer; readonly all: AsyncIterable<Uint8Array> }> {
  const rest = content[Symbol.asyncIterator]()
  const taken: Uint8Array[] = []
  let size = 0
  while (size < headBytes) {
    const step = await rest.next()
    if (step.done === true) break
    taken.push(step.value)
    size += step.value.length
  }
  const head = joined(taken, size)
  async function* all(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head
    for (let step = await rest.next(); step.done !== true; step = await rest.next()) yield step.value
  }
  return { head: head.subarray(0, headBytes), all: all() }
}
