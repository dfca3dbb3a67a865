import type { LayerContents, Selector } from './entry.ts'
import { readLayer, readPlainLayer } from './layer.ts'
import type { ImageLimits } from './limits.ts'

/** One layer whose bytes can be had, and had again. */
export interface LayerBlob {
  /** What messages call it: `layer 3`. */
  readonly name: string
  /** Digest that every byte of the blob is held against while it is read; absent where the format promises none. */
  readonly digest: string | undefined
  /** What the configuration claims; nothing has checked it yet. */
  readonly diffId: string | undefined
  /**
   * Hands the stored bytes to `consume`, and throws `malformed` when they are not those that were promised. A chunk is
   * gone once the next is asked for.
   */
  read<Result>(consume: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>): Promise<Result>
  /** For a source that can give parts of a blob. */
  readonly parts?: BlobParts | undefined
  /** For an uncompressed archive without a digest that lies where it can be read in any order. */
  readonly plain?: PlainArchive | undefined
}

/** An uncompressed archive of which only what is wanted must be read. */
export interface PlainArchive {
  readonly size: number
  /** Bytes from there on, as many as fit; throws `malformed` where there are none. */
  read(buffer: Buffer, position: number): Promise<number>
  /** Works the diff_id out from all of it, beside the reading. */
  hash(signal: AbortSignal): Promise<string>
}

/** Parts of a blob. Nothing holds them against the digest of the blob: whoever asks must know what they should be. */
export interface BlobParts {
  /** Of the whole blob. */
  readonly size: number
  /** Those of the descriptor, as good as the manifest that it stands in. */
  readonly annotations: Readonly<Record<string, unknown>>
  /** Exactly these bytes; `undefined` when the source gives no parts after all. */
  fetch(start: number, end: number, signal: AbortSignal): Promise<Buffer | undefined>
}

export interface LayerRequest {
  readonly selector: Selector
  readonly limits: ImageLimits
  readonly signal: AbortSignal
}

/** Turns a blob into what a layer holds: from the blob itself, or from what is already known of it. */
export type LayerReader = (blob: LayerBlob, request: LayerRequest) => Promise<LayerContents>

/** Reads the blob. Only one without a digest is hashed a second time, uncompressed, to know its diff_id. */
export async function readBlob(blob: LayerBlob, { selector, limits, signal }: LayerRequest): Promise<LayerContents> {
  const { name, digest, plain } = blob
  if (digest !== undefined || plain === undefined) {
    return blob.read((chunks) =>
      readLayer(chunks, { selector, limits, signal, name, hashDiffId: digest === undefined }),
    )
  }
  const failed = new AbortController()
  const hashing = plain.hash(AbortSignal.any([signal, failed.signal]))
  const hashed = hashing.then(
    () => undefined,
    () => undefined,
  )
  try {
    const contents = await readPlainLayer(plain, { selector, limits, signal, name })
    return { ...contents, diffId: await hashing }
  } catch (error) {
    failed.abort(error)
    await hashed
    throw error
  }
}
