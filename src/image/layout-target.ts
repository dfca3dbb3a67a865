import type { Platform } from '#model/image.ts'
import type { Selection } from './image-pieces.ts'
import { layoutDirectory } from './layout-directory.ts'
import { resolveLayout } from './oci-layout.ts'
import { type ReadOptions, storedTarget } from './stored-target.ts'
import type { Target } from './target.ts'

export interface LayoutOptions extends ReadOptions {
  readonly selection: Selection
  readonly platform: Platform | undefined
  /** What the user calls it, selection included. */
  readonly name: string
}

/** An image in an OCI layout directory. */
export async function openLayout(directory: string, options: LayoutOptions): Promise<Target> {
  const pieces = layoutDirectory(directory, options)
  const image = await resolveLayout(pieces, 'oci-layout', options)
  const note = image.note === undefined ? '' : ` (${image.note})`
  return storedTarget(pieces, image, { ...options, description: `${options.name}, an OCI layout${note}` })
}
