import type { Entry, LayerContents } from './entry.ts'

interface Held {
  contents: LayerContents
  /** What its wanted files took when it came. */
  readonly bytes: number
  /** What they may take still. */
  allowedBytes: number
  dropped: number
}

/**
 * Holds the layers of one image to what all their wanted files together may take. A later position goes first, and in
 * a layer the order of its archive: what is let go is the same in whatever order the layers come.
 */
export class KeptContent {
  readonly #limitBytes: number
  readonly #layers = new Map<number, Held>()

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  add(position: number, contents: LayerContents): void {
    const bytes = contents.entries.reduce((sum, { content }) => sum + (content?.length ?? 0), 0)
    this.#layers.set(position, { contents, bytes, allowedBytes: bytes, dropped: 0 })
    let left = this.#limitBytes
    for (const [, held] of [...this.#layers].toSorted(([one], [other]) => other - one)) {
      if (held.allowedBytes > left) trim(held, left)
      left = Math.max(0, left - held.bytes)
    }
  }

  /** What is left of a layer, once all were added; `name` is what unknowns call it. */
  get(position: number, name: string): LayerContents | undefined {
    const held = this.#layers.get(position)
    if (held === undefined || held.dropped === 0) return held?.contents
    const reason = `wanted files that were let go: ${held.dropped}; all of the image may take ${this.#limitBytes} bytes`
    return { ...held.contents, unknowns: [...held.contents.unknowns, { path: name, reason }] }
  }
}

function trim(held: Held, allowedBytes: number): void {
  let left = allowedBytes
  const entries = held.contents.entries.map((entry): Entry => {
    if (entry.content === undefined || entry.content.length === 0) return entry
    left -= entry.content.length
    if (left >= 0) return entry
    held.dropped += 1
    return { ...entry, content: undefined }
  })
  held.contents = { ...held.contents, entries }
  held.allowedBytes = allowedBytes
}
