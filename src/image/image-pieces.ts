import { createHash } from 'node:crypto'
import { Problem } from '#kit/errors.ts'
import type { Layer, Platform, SubjectKind } from '#model/image.ts'
import type { Unknown } from '#model/package.ts'
import { readChecked } from './blob-digest.ts'

/** The named pieces of a local image: members of an archive, or files of a layout directory. */
export interface ImagePieces {
  /** What errors call the whole: the path as the user gave it. */
  readonly at: string
  /** Size of a piece in bytes; `undefined` when there is none of this name. */
  size(path: string): Promise<number | undefined>
  /** A whole manifest, index or configuration, within the limit for documents. */
  document(path: string): Promise<Buffer>
}

/** Where the bytes of one layer are. */
export interface LayerPiece {
  readonly path: string
  /** Kept by its vendor and not part of the image as stored: a Windows base layer. */
  readonly isElsewhere: boolean
}

/** An image that was found among the pieces and whose layers are known. */
export interface ResolvedImage {
  readonly kind: SubjectKind
  readonly digest: string
  readonly platform: Platform | undefined
  readonly layers: readonly ResolvedLayer[]
  /** One per layer, in the same order. */
  readonly pieces: readonly LayerPiece[]
  /** A remark for the user: another platform than this machine's. */
  readonly note?: string | undefined
  /** What is wrong with the image as a whole without making it unreadable. */
  readonly unknowns?: readonly Unknown[]
}

/** A layer before it is read: an archive that somebody trimmed does not say which diff_id is whose. */
export interface ResolvedLayer extends Omit<Layer, 'diffId'> {
  readonly diffId: string | undefined
}

/** What follows the path in `path:tag`, `path@sha256:…` and `path@2`. */
export type Selection =
  | { readonly kind: 'any' }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'digest'; readonly digest: string }
  | { readonly kind: 'position'; readonly position: number }

/** Path of a blob in an OCI layout. The digest was checked by its schema. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

/** The digest that the name of a content-addressed piece promises. */
export function promisedDigest(path: string): string | undefined {
  const [, algorithm, hex] = /^blobs\/(sha256|sha512)\/([0-9a-f]{64}(?:[0-9a-f]{64})?)$/.exec(path) ?? []
  return algorithm === undefined ? undefined : `${algorithm}:${hex}`
}

export function digestOf(bytes: Uint8Array, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}

/** Reads a document; one whose name is a digest must have it. */
export async function readDocument(pieces: ImagePieces, path: string): Promise<Buffer> {
  const bytes = await pieces.document(path)
  const promised = promisedDigest(path)
  if (promised !== undefined && digestOf(bytes, promised.split(':')[0]) !== promised) throw notAsNamed(pieces, path)
  return bytes
}

/** Lets a layer be read; one whose name is a digest must have it. */
export async function readPromised<Result>(
  pieces: Pick<ImagePieces, 'at'>,
  path: string,
  {
    blob,
    read,
  }: {
    readonly blob: AsyncIterable<Uint8Array>
    readonly read: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>
  },
): Promise<Result> {
  const digest = promisedDigest(path)
  return digest === undefined ? read(blob) : readChecked(blob, { digest, broken: () => notAsNamed(pieces, path) }, read)
}

function notAsNamed({ at }: Pick<ImagePieces, 'at'>, path: string): Problem {
  return new Problem('malformed', `the content of ${path} does not match its name`, {
    at,
    hint: 'The image is damaged or was tampered with; save or pull it again.',
  })
}

/** Whether two names mean the same image, as Docker shortens them. */
export function isSameName(left: string, right: string): boolean {
  return fullName(left) === fullName(right)
}

function fullName(name: string): string {
  const hasTag = /:[^/]*$/.test(name)
  const tagged = hasTag ? name : `${name}:latest`
  return tagged.replace(/^(?:(?:index\.)?docker\.io|localhost)\//, '').replace(/^library\//, '')
}
