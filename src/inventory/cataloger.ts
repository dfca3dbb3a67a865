import type { Probe } from '#image/entry.ts'
import type { FileNode } from '#image/file-tree.ts'
import type { BuildOrigin, Distribution } from '#model/distribution.ts'
import type { Ecosystem } from '#model/ecosystem.ts'
import type { Package, Unknown } from '#model/package.ts'

/** One file a cataloger asked for. Never larger than `imageLimits.keptFileBytes`. */
export interface FileUnderTest {
  /** Relative to the root, as in `Entry.path`. */
  readonly path: string
  /** The content, or what the cataloger's own probe made of it. */
  bytes(): Promise<Buffer>
  /** The content as UTF-8; damaged sequences become U+FFFD. */
  text(): Promise<string>
}

/** What may be promised of packages. */
type Promised =
  | 'packages'
  | 'sources'
  | 'architectures'
  | 'modules'
  | 'repositories'
  | 'licences'
  | 'hashes'
  | 'dependencies'

export type FileType = FileNode['type']

export interface CatalogContext {
  readonly signal: AbortSignal
  readonly distribution: Distribution | undefined
  /** What is at this path of the merged file system, links followed. */
  typeOf(path: string): FileType | undefined
  /** What was kept of the file there, links followed: of one that this cataloger's own globs name, everything. */
  contentOf(path: string): Buffer | undefined
  /** Names of what the folder at this path holds, links followed; the same array each time. */
  namesIn(folder: string): readonly string[]
}

export type Found =
  | { readonly package: Package }
  | { readonly unknown: Unknown }
  /** What the image as a whole was built from; the inventory adds up what all files say. */
  | { readonly origin: BuildOrigin }

/** What a file yields; `undefined` where there is long nothing to yield, so that others get a turn. */
export type Steps = Generator<Found | undefined>

/** What a list of files knows of the package that brought them: enough to tell it from the others of its ecosystem. */
export type Owner =
  | { readonly name: string; readonly version?: string | undefined; readonly architecture?: string | undefined }
  /** First location of the package, as in `Package.locations`. */
  | { readonly location: string }

/** A file that a package brought, as its package manager recorded it. */
export interface OwnedFile {
  /** With or without a slash in front. */
  readonly path: string
  readonly owner: Owner
  /** Of the content that was installed: `md5:`, `sha1:`, `sha256:` or `sha512:` and lower case hexadecimal. */
  readonly digest?: string | undefined
  readonly size?: number | undefined
}

/** Reads which files packages brought, from the same database or from lists beside it. */
export interface Ownership {
  /** Globs, as in `Cataloger.files`. */
  readonly files: readonly string[]
  /**
   * Files whose base names are `wanted`: most of a list is of interest to nobody. `undefined` where there is long
   * nothing to yield. What cannot be read owns nothing.
   */
  owned(
    file: { readonly path: string; readonly content: Buffer },
    wanted: (baseName: string) => boolean,
  ): Generator<OwnedFile | undefined>
}

/** Reads one file format. The file that defines it sits in a folder named for its ecosystem. */
export interface Cataloger {
  readonly id: string
  /** Raised when the same file would yield something else; part of every cache key. */
  readonly version: number
  /** `several` only for formats that list packages of any kind. */
  readonly ecosystem: Ecosystem | 'several'
  /**
   * What the file proves: software that is there (`installed`), exact versions that a package manager would install
   * (`locked`), or what a project asks for (`declared`). Images are read for the first two, source trees for all.
   */
  readonly proves: 'installed' | 'locked' | 'declared'
  readonly title: string
  /** Where the format is described. */
  readonly spec: string
  /** Globs over `Entry.path`; `**` only as the first segment. Links are followed wherever a glob can lead through them. */
  readonly files: readonly string[]
  /** Globs of folders whose names alone prove something; `catalog` gets them as files without content. */
  readonly folders?: readonly string[]
  /** Globs of folders: what is below is left out where nothing but a link leads there. */
  readonly exceptLinked?: readonly string[]
  /**
   * For formats known by content, or too large to be kept: a probe when the first bytes or the name look right. `files`
   * may then be empty. Asked with no first bytes, it answers for the name alone.
   */
  readonly probe?: (head: Uint8Array, sizeBytes: number, path: string) => Probe | undefined
  /** What the first byte of a file can be that the probe likes, so that it is not asked of all others; absent where names count. */
  readonly firstBytes?: readonly number[]
  /** Present where the package manager keeps record of the files that its packages brought. */
  readonly ownership?: Ownership
  /** What we claim to find; the contract test holds us to it. */
  readonly finds: readonly Promised[]
  /** A file that is not what it seems throws `Problem('malformed')` or yields an unknown; both are reported. */
  catalog(
    file: FileUnderTest,
    context: CatalogContext,
  ): AsyncIterable<Found | undefined> | Iterable<Found | undefined> | Promise<Iterable<Found | undefined>>
}

export function defineCataloger(cataloger: Cataloger): Cataloger {
  return cataloger
}
