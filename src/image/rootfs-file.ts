import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { Problem } from '#kit/errors.ts'
import type { Unknown } from '#model/package.ts'
import type { Probe, Selector } from './entry.ts'
import type { ImageLimits } from './limits.ts'

export interface FileOnDisk {
  /** As in `Entry.path`. */
  readonly path: string
  /** What to open. */
  readonly place: Buffer
  readonly stats: BigIntStats
}

const headBytes = 64
const chunkBytes = 256 * 1024

/** Takes out of regular files what the selector wants, by the rules that hold for files of a layer. */
export class FileReader {
  readonly #selector: Selector
  readonly #limits: ImageLimits
  readonly #unknowns: Unknown[]
  readonly #chunk = Buffer.allocUnsafe(chunkBytes)
  #kept = 0

  constructor(options: { readonly selector: Selector; readonly limits: ImageLimits }, unknowns: Unknown[]) {
    this.#selector = options.selector
    this.#limits = options.limits
    this.#unknowns = unknowns
  }

  /** What is to be kept of the file. What the system refuses or a probe cannot make sense of is an unknown. */
  read(file: FileOnDisk): Buffer | undefined {
    const { path, stats } = file
    const isWanted = this.#selector.wants(path)
    if (!isWanted && stats.size === 0n) return undefined
    if (isWanted && !this.#hasRoom(path, Number(stats.size))) return undefined
    let descriptor: number | undefined
    try {
      descriptor = openSync(file.place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      const opened = fstatSync(descriptor, { bigint: true })
      if (!opened.isFile() || opened.ino !== stats.ino || opened.dev !== stats.dev) {
        return this.#unknown(path, 'it was replaced while it was read')
      }
      const sizeBytes = Number(opened.size)
      return isWanted ? this.#whole(path, descriptor, sizeBytes) : this.#probed(path, descriptor, sizeBytes)
    } catch (error) {
      return this.#unknown(path, error instanceof Problem ? error.message : whyRefused(error))
    } finally {
      if (descriptor !== undefined) closeSync(descriptor)
    }
  }

  #whole(path: string, descriptor: number, sizeBytes: number): Buffer | undefined {
    if (!this.#hasRoom(path, sizeBytes)) return undefined
    const content = Buffer.allocUnsafeSlow(sizeBytes)
    const filled = fill(descriptor, content, 0)
    if (filled < sizeBytes) return this.#unknown(path, 'it became shorter while it was read')
    this.#kept += sizeBytes
    return content
  }

  #probed(path: string, descriptor: number, sizeBytes: number): Buffer | undefined {
    const head = this.#chunk.subarray(0, Math.min(headBytes, sizeBytes))
    if (fill(descriptor, head, 0) < head.length) return this.#unknown(path, 'it became shorter while it was read')
    const probe = this.#selector.probe(Buffer.from(head), sizeBytes, path)
    if (probe === undefined) return undefined
    if (!this.#feed(probe, descriptor, sizeBytes)) return this.#unknown(path, 'it became shorter while it was read')
    const kept = probe.end()
    if (kept === undefined || !this.#hasRoom(path, kept.length)) return undefined
    this.#kept += kept.length
    return kept
  }

  #feed(probe: Probe, descriptor: number, sizeBytes: number): boolean {
    for (let offset = 0; offset < sizeBytes; ) {
      const chunk = this.#chunk.subarray(0, Math.min(chunkBytes, sizeBytes - offset))
      const filled = fill(descriptor, chunk, offset)
      if (filled < chunk.length) return false
      probe.write(chunk)
      offset += filled
    }
    return true
  }

  #hasRoom(path: string, sizeBytes: number): boolean {
    const { keptFileBytes, keptLayerBytes } = this.#limits
    if (sizeBytes > keptFileBytes) this.#unknown(path, `it is larger than ${keptFileBytes} bytes`)
    else if (this.#kept + sizeBytes > keptLayerBytes)
      this.#unknown(path, `wanted files add up to more than ${keptLayerBytes} bytes`)
    else return true
    return false
  }

  #unknown(path: string, reason: string): undefined {
    this.#unknowns.push({ path: `/${path}`, reason })
    return undefined
  }
}

/** Reads from `offset` until the buffer is full or the file ends; returns the bytes read. */
function fill(descriptor: number, buffer: Buffer, offset: number): number {
  let filled = 0
  while (filled < buffer.length) {
    const bytes = readSync(descriptor, buffer, filled, buffer.length - filled, offset + filled)
    if (bytes === 0) break
    filled += bytes
  }
  return filled
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'it may not be read: permission denied',
  EPERM: 'it may not be read: permission denied',
  ENOENT: 'it vanished while it was read',
  ELOOP: 'it became a symbolic link while it was read',
  ENOTDIR: 'it changed its type while it was read',
}

/** A fragment that says why the system refused; anything that is not its doing is thrown on. */
export function whyRefused(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (code === undefined || error instanceof Problem) throw error
  return reasons[code] ?? `it could not be read (${code})`
}
