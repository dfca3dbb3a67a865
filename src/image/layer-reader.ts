import type { LayerContents, Selector } from './entry.ts'
import { readLayer } from './layer.ts'
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
}

export interface LayerRequest {
  readonly selector: Selector
  readonly limits: ImageLimits
  readonly signal: AbortSignal
}

/** Turns a blob into what a layer holds: from the blob itself, or from what is already known of it. */
export type LayerReader = (blob: LayerBlob, request: LayerRequest) => Promise<LayerContents>

/** Reads the blob. Only one without a digest is hashed a second time, uncompressed, to know its diff_id. */
export function readBlob(blob: LayerBlob, { selector, limits, signal }: LayerRequest): Promise<LayerContents> {
  const { name, digest } = blob
  return blob.read((chunks) => readLayer(chunks, { selector, limits, signal, name, hashDiffId: digest === undefined }))
}
