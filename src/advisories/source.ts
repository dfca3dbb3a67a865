import type { Chunks } from '#kit/limits.ts'
import type { Kev } from '#model/finding.ts'
import type { AdvisoryRecord } from './record.ts'

/** One file of a feed, by the name it has in the feed's folder. */
export interface FeedFile {
  readonly name: string
  open(): Chunks
}

/** A release line and the day its vendor stops, as calendar dates. */
export interface ReleaseCycle {
  /** os-release `ID`. */
  readonly distribution: string
  /** `12`, `3.19`, `9`. */
  readonly release: string
  readonly endOfLife?: string | undefined
  readonly endOfExtendedSupport?: string | undefined
}

/** What a source yields: facts, or an entry that it had to leave out. */
export type FeedItem =
  | { readonly record: AdvisoryRecord }
  | { readonly kev: Kev & { readonly cve: string } }
  | { readonly cycle: ReleaseCycle }
  /** The file says of itself that it is not an upstream file but was made from these facts. Once per file. */
  | { readonly derivedFrom: string }
  | DroppedItem

export interface DroppedItem {
  /** `reason` is one of a few fixed sentences, so that drops can be counted by it; `at` says where. */
  readonly dropped: { readonly at: string; readonly reason: string }
}

/** Reads one upstream's native download into the normal form. */
export interface AdvisorySource {
  readonly id: string
  readonly title: string
  readonly licence: string
  /** For people. */
  readonly homepage: string
  /** The upstream's real addresses, each with the file name it is stored under. */
  readonly downloads: readonly { readonly url: string; readonly file: string }[]
  readonly refreshHours: number
  /** What it means that a package or identifier is absent from this feed. */
  readonly absentMeans: 'not-affected' | 'unknown'
  /** Whether a local file given without a source id is this feed's: `head` is its first 64 KiB. */
  recognises(name: string, head: Uint8Array): boolean
  /** Damaged entries are dropped and counted; a file that is not this feed at all throws `malformed`. */
  read(file: FeedFile, signal: AbortSignal): AsyncIterable<FeedItem>
}

export function defineSource(source: AdvisorySource): AdvisorySource {
  return source
}
