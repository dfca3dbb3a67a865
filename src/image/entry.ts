import type { Unknown } from '#model/package.ts'

export const entryTypes = [
  'file',
  'directory',
  'symlink',
  'hardlink',
  'character-device',
  'block-device',
  'fifo',
] as const
export type EntryType = (typeof entryTypes)[number]

/** One entry of a layer, in the archive's order. */
export interface Entry {
  /** Clean and relative: no leading `/` or `./`, no `.` or `..`, no trailing `/`; the root itself is the empty string. */
  readonly path: string
  readonly type: EntryType
  /** Bytes of content once read, sparse holes included; 0 for everything that is not a file. */
  readonly size: number
  /** Permission bits with setuid, setgid and sticky: 0o7777 at most. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Symlink: target as written. Hard link: clean path of the linked entry. */
  readonly linkTarget?: string | undefined
  /** What was kept of a wanted file: its whole content, or what its probe boiled it down to. */
  readonly content?: Buffer | undefined
}

/** Everything that one pass over a layer yields. Plain data: it can cross a thread or be stored. */
export interface LayerContents {
  readonly entries: readonly Entry[]
  /** Entries that could not be taken in, each with the reason. */
  readonly unknowns: readonly Unknown[]
  /** Uncompressed bytes that were read: the whole archive, but for a layer read by its table of contents. */
  readonly bytes: number
  /** `sha256:…` of the uncompressed archive, when it was asked for. */
  readonly diffId?: string | undefined
  /** Present when reading by a table of contents was asked for. */
  readonly reading?: LayerReading | undefined
  /** How many of the unknowns, the first ones, any selector would have had; absent where that is not told. */
  readonly refusals?: number | undefined
}

/** By which table of contents a layer was read, or why as a whole. */
export type LayerReading =
  | { readonly by: 'estargz' | 'zstd-chunked' }
  | { readonly by: 'whole'; readonly reason: string }

/** Boils a file down while it streams by, so that a large binary costs only what is known of it. */
export interface Probe {
  write(chunk: Uint8Array): void
  /** What to keep; `undefined` when the file turned out to be of no interest. */
  end(): Buffer | undefined
}

/** Decides, while a layer streams by, which files are worth keeping. Shared by all layers of a scan. */
export interface Selector {
  /** True when the file is wanted for its path (as in `Entry.path`). Called once per file: must be cheap. */
  wants(path: string): boolean
  /**
   * For a file not wanted by path: a probe for what its first bytes show, or for what its name promises. `head` has 64
   * bytes, fewer if the file has; with none at all only the name counts.
   */
  probe(head: Uint8Array, sizeBytes: number, path: string): Probe | undefined
  /** Who probes, where their notes can be told apart; absent where they cannot, and then nothing of it is stored. */
  readonly analysers?: readonly Analyser[] | undefined
}

/** Knows files by their content, or else by their name. */
export interface Analyser {
  readonly id: string
  /** Raised when its probe would keep something else of the same file. */
  readonly version: number
  /** What the first byte of a file can be that its probe likes; absent where it may like a file for its name. */
  readonly firstBytes?: readonly number[] | undefined
  probe(head: Uint8Array, sizeBytes: number, path: string): Probe | undefined
}
