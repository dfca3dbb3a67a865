import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { TargetFacts } from '../inventory.ts'
import { CacheDirectory, CacheFailure, type StoredFile } from './cache-directory.ts'
import { decodeImage, encodeImage, type KnownImage } from './image-file.ts'
import { decodeInventory, encodeInventory } from './inventory-file.ts'
import type { LayerFacts } from './layer-facts.ts'
import { decodeContent, decodeLayer, encodeContent, encodeLayer } from './layer-file.ts'
import { takeLease } from './lease.ts'

export interface CacheOptions {
  readonly path: string
  /** Bytes that it may grow to. */
  readonly limitBytes: number
  /** Told once, when there can be no cache. */
  readonly note: (text: string) => void
  now(): Date
}

/** When it is trimmed, it is trimmed by a bit more, so that not every scan has to. */
const trimmedTo = 0.9

/** What is known of layers, on disk, for any number of processes. It helps or it is not there; it never fails a scan. */
export class LayerCache implements AsyncDisposable {
  readonly #directory: CacheDirectory
  readonly #options: CacheOptions
  #isUsable = true
  #writtenBytes = 0

  private constructor(options: CacheOptions) {
    this.#options = options
    this.#directory = new CacheDirectory(options.path)
  }

  static async open(options: CacheOptions): Promise<LayerCache> {
    const cache = new LayerCache(options)
    await cache.#attempt(() => cache.#directory.prepare())
    return cache
  }

  get isUsable(): boolean {
    return this.#isUsable
  }

  async find(key: string): Promise<LayerFacts | undefined> {
    const name = layerFile(key)
    const file = await this.#directory.read(name)
    if (file === undefined) return undefined
    try {
      return await decodeLayer(key, file, (digest, size) => this.#content(digest, size))
    } catch {
      // Damaged, whatever the damage makes the decoder say.
      await this.#directory.remove(name)
      return undefined
    }
  }

  async keep(key: string, facts: LayerFacts): Promise<void> {
    await this.#attempt(async () => {
      const stored = await encodeLayer(key, facts)
      if (stored === undefined || stored.file.length > this.#options.limitBytes) return
      for (const [digest, content] of stored.large) await this.#keepContent(digest, content)
      await this.#write(layerFile(key), stored.file)
    })
    if (this.#writtenBytes > this.#options.limitBytes / 8) await this.#trim()
  }

  findImage(key: string): Promise<KnownImage | undefined> {
    return this.#decoded(imageFile(key), (file) => decodeImage(key, file))
  }

  async keepImage(key: string, image: KnownImage): Promise<void> {
    await this.#attempt(() => this.#write(imageFile(key), encodeImage(key, image)))
  }

  findInventory(key: string): Promise<TargetFacts | undefined> {
    return this.#decoded(inventoryFile(key), (file) => decodeInventory(key, file))
  }

  async keepInventory(key: string, facts: TargetFacts): Promise<void> {
    const file = encodeInventory(key, facts)
    if (file.length <= this.#options.limitBytes) await this.#attempt(() => this.#write(inventoryFile(key), file))
  }

  /** See `takeLease`; without a usable cache everybody holds one. */
  async lease(key: string, signal: AbortSignal): Promise<AsyncDisposable | undefined> {
    const path = join(this.#directory.path, 'leases', fileName(key))
    const taken = await this.#attempt(async () => ({ lease: await takeLease(path, signal) }))
    return taken === undefined ? { async [Symbol.asyncDispose]() {} } : taken.lease
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isUsable && this.#writtenBytes > 0) await this.#trim()
  }

  /** What is damaged, whatever the damage makes the decoder say, is not there any more. */
  async #decoded<Result>(name: string, decode: (file: Buffer) => Result): Promise<Result | undefined> {
    const file = await this.#directory.read(name)
    if (file === undefined) return undefined
    try {
      return decode(file)
    } catch {
      await this.#directory.remove(name)
      return undefined
    }
  }

  async #content(digest: string, size: number): Promise<Buffer | undefined> {
    const name = contentFile(digest)
    const stored = await this.#directory.read(name)
    if (stored === undefined) return undefined
    try {
      return await decodeContent(stored, digest, size)
    } catch {
      await this.#directory.remove(name)
      return undefined
    }
  }

  async #keepContent(digest: string, content: Buffer): Promise<void> {
    const name = contentFile(digest)
    if (!(await this.#directory.touch(name))) await this.#write(name, await encodeContent(content))
  }

  async #write(name: string, content: Buffer): Promise<void> {
    await this.#directory.write(name, content)
    this.#writtenBytes += content.length
  }

  async #trim(): Promise<void> {
    this.#writtenBytes = 0
    await this.#directory.sweep(this.#options.now())
    await trim(this.#directory, this.#options.limitBytes)
  }

  /** The first failure is told, and then there is no cache. */
  async #attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (!this.#isUsable) return undefined
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof CacheFailure)) throw error
      if (this.#isUsable) this.#options.note(`The layer cache ${this.#options.path} is not used: ${error.message}.`)
      this.#isUsable = false
      return undefined
    }
  }
}

async function trim(directory: CacheDirectory, limitBytes: number): Promise<void> {
  const files = await directory.list()
  let total = sizeOf(files)
  if (total <= limitBytes) return
  for (const { name, bytes } of files) {
    if (total <= limitBytes * trimmedTo) return
    await directory.remove(name)
    total -= bytes
  }
}

export function sizeOf(files: readonly StoredFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

function layerFile(key: string): string {
  return join('layers', fileName(key))
}

function imageFile(key: string): string {
  return join('images', fileName(key))
}

function inventoryFile(key: string): string {
  return join('inventories', fileName(key))
}

function contentFile(digest: string): string {
  return join('contents', digest.slice(0, 2), digest)
}

function fileName(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
