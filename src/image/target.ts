import type { Subject, SubjectKind } from '#model/image.ts'
import type { Unknown } from '#model/package.ts'
import type { LayerContents, Selector } from './entry.ts'

/** Something that can be scanned, opened but not yet read. */
export interface Target extends AsyncDisposable {
  readonly kind: SubjectKind
  /** What was found, for the user: `alpine:3.19 from the local Docker Engine`. */
  readonly description: string
  /**
   * What the subject will be, where that is known before everything is read: the digest is that of the manifest or
   * configuration, which names all content.
   */
  readonly identity?: { readonly name: string; readonly digest: string } | undefined
  /** Reads every layer once, in whatever order is cheapest for the source; can be called again. */
  read(selector: Selector): Promise<TargetContents>
}

export interface TargetContents {
  readonly subject: Subject
  /** Bottom first, as in `subject.layers`; a directory is one layer with no entry in `subject.layers`. */
  readonly layers: readonly LayerContents[]
  /** What was wrong with the image as a whole without making it unreadable. */
  readonly unknowns: readonly Unknown[]
  /** Present when layers came over the network. */
  readonly transfer?: Transfer | undefined
}

/** Bytes of compressed layers: those that came, and those that there are. */
export interface Transfer {
  readonly transferred: number
  readonly transferable: number
}
