import type { Chunks } from '#kit/limits.ts'
import { joined } from '#kit/limits.ts'

/** A stream of bytes that can be looked into, counts what it hands out, and gives up waiting when `signal` aborts. */
export class ByteSource implements AsyncDisposable, AsyncIterable<Uint8Array> {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  readonly #signal: AbortSignal
  #peeked: Uint8Array | undefined
  #isWaiting = false
  /** Bytes handed out so far. */
  bytes = 0
  /** The chunk handed out last. */
  last: Uint8Array = new Uint8Array()

  constructor(chunks: Chunks, signal: AbortSignal) {
    this.#iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
    this.#signal = signal
  }

  /** At least the first `count` bytes, fewer only if the stream has fewer. */
  async peek(count: number): Promise<Buffer> {
    let peeked = (await this.#pull()) ?? new Uint8Array()
    while (peeked.length < count) {
      const start = Buffer.from(peeked)
      const chunk = await this.#pull()
      if (chunk === undefined) break
      peeked = joined([start, chunk], start.length + chunk.length)
    }
    this.#peeked = peeked
    return Buffer.from(peeked.subarray(0, count))
  }

  async next(): Promise<Uint8Array | undefined> {
    const chunk = this.#peeked ?? (await this.#pull())
    this.#peeked = undefined
    if (chunk === undefined) return undefined
    this.bytes += chunk.length
    this.last = chunk
    return chunk
  }

  /** Leaving a loop over it does not close the source. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) yield chunk
  }

  /** Closes the stream, without waiting for one that is stuck. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closing = this.#iterator.return?.()
    if (this.#isWaiting) void Promise.resolve(closing).catch(() => undefined)
    else await closing
  }

  async #pull(): Promise<Uint8Array | undefined> {
    this.#signal.throwIfAborted()
    this.#isWaiting = true
    const next = await unlessAborted(Promise.resolve(this.#iterator.next()), this.#signal)
    this.#isWaiting = false
    return next.done === true ? undefined : next.value
  }
}

function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(reasonOf(signal))
    const settled = (): void => signal.removeEventListener('abort', stop)
    signal.addEventListener('abort', stop, { once: true })
    work.finally(settled).then(resolve, reject)
  })
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error(String(reason))
}
