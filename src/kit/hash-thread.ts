import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface HashedRange {
  /** Of a file that stays open until the promise is settled. */
  readonly fd: number
  readonly offset: number
  readonly size: number
}

/** SHA-256 of a part of a file, in hexadecimal digits, worked out on a thread of its own. */
export async function hashOnThread(range: HashedRange, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  const thread = new Worker(`(${work.toString()})()`, { eval: true, workerData: range })
  try {
    const [digest]: unknown[] = await once(thread, 'message', { signal })
    return String(digest)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    await thread.terminate()
  }
}

/** Runs in the thread, from its own text: nothing outside of it is there. */
function work(): void {
  const { readSync } = process.getBuiltinModule('node:fs')
  const { createHash } = process.getBuiltinModule('node:crypto')
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads')
  const { fd, offset, size }: HashedRange = workerData
  const hash = createHash('sha256')
  const chunk = Buffer.allocUnsafeSlow(1024 * 1024)
  const end = offset + size
  for (let position = offset; position < end; ) {
    const bytes = readSync(fd, chunk, 0, Math.min(chunk.length, end - position), position)
    if (bytes === 0) break
    hash.update(chunk.subarray(0, bytes))
    position += bytes
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is no window
  parentPort?.postMessage(hash.digest('hex'))
}
