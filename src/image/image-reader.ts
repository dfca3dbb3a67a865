import type { LayerRequest } from './layer-reader.ts'
import type { TargetContents } from './target.ts'

/** An image that can only be had as a whole. */
export interface WholeImage {
  /** Digest that the image has by those who keep it; nothing has checked it yet. */
  readonly id: string
  /** Reads all of it, whatever is known of its layers. */
  read(): Promise<TargetContents>
}

/** Turns an image into what it holds: from the image itself, or from what is already known of it. */
export type ImageReader = (image: WholeImage, request: LayerRequest) => Promise<TargetContents>
