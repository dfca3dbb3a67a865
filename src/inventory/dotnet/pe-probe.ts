import { z } from 'zod'
import type { Probe } from '#image/entry.ts'
import { parseJson } from '#kit/json.ts'
import { type PeHeaders, peHeadBytes, readPeHeaders, readVersionStrings } from './pe-resources.ts'

/** Version resources come before icons and the like in what linkers write, or these are small. */
const resourcesLimitBytes = 2 * 1024 ** 2

const Note = z.object({ isManaged: z.boolean(), strings: z.record(z.string(), z.string()) })

/** What the probe keeps of an assembly. */
export type PeNote = z.infer<typeof Note>

export function decodePeNote(text: string, at: string): PeNote {
  return parseJson(Note, text, at)
}

/** Boils a Windows library, or a program of .NET, down to its version resource. */
export function probePe(head: Uint8Array, sizeBytes: number): Probe | undefined {
  return head[0] === 0x4d && head[1] === 0x5a && sizeBytes > 512 ? new PeProbe() : undefined
}

class PeProbe implements Probe {
  readonly #head = Buffer.alloc(peHeadBytes)
  #headers: PeHeaders | undefined
  #resources: Buffer | undefined
  #received = 0

  write(chunk: Uint8Array): void {
    const start = this.#received
    this.#received += chunk.length
    if (start < peHeadBytes) {
      this.#head.set(chunk.subarray(0, peHeadBytes - start), start)
      if (this.#received >= peHeadBytes) this.#readHead(this.#head)
    }
    this.#keep(chunk, start)
  }

  end(): Buffer | undefined {
    if (this.#received < peHeadBytes) {
      const head = this.#head.subarray(0, this.#received)
      this.#readHead(head)
      this.#keep(head, 0)
    }
    const { isManaged = false, resources } = this.#headers ?? {}
    if (this.#resources === undefined || resources === undefined) return undefined
    const strings = readVersionStrings(this.#resources, resources.address)
    if (strings === undefined || strings.size === 0) return undefined
    return Buffer.from(JSON.stringify({ isManaged, strings: Object.fromEntries(strings) }))
  }

  /** A native program is found by what it is, not by what it calls itself. */
  #readHead(head: Buffer): void {
    const headers = readPeHeaders(head)
    if (headers === undefined || !(headers.isManaged || headers.isLibrary)) return
    this.#headers = headers
    this.#resources = Buffer.alloc(Math.min(headers.resources.sizeBytes, resourcesLimitBytes))
    this.#keep(head, 0)
  }

  /** The part of the chunk that belongs to the resources. */
  #keep(chunk: Uint8Array, start: number): void {
    const { offset } = this.#headers?.resources ?? { offset: 0 }
    if (this.#resources === undefined) return
    const from = Math.max(0, offset - start)
    const to = Math.min(chunk.length, offset + this.#resources.length - start)
    if (from < to) this.#resources.set(chunk.subarray(from, to), start + from - offset)
  }
}
