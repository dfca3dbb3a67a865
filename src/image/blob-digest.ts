import { createHash } from 'node:crypto'
import { Problem } from '#kit/errors.ts'
import type { Chunks } from '#kit/limits.ts'

export interface PromisedContent {
  readonly digest: string
  /** What to say when the content is another. */
  readonly broken: () => Problem
}

/**
 * Lets `read` take from a blob what it needs, and hashes all of it, also what it left. Other content than promised
 * is reported as that, and not as the damage it may look like.
 */
export async function readChecked<Result>(
  blob: Chunks,
  promised: PromisedContent,
  read: (blob: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  const [algorithm = 'sha256'] = promised.digest.split(':')
  const hash = createHash(algorithm)
  const chunks = chunksOf(blob)
  // No `return`: a reader that stops early must not close what is still to be hashed.
  async function next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const step = await chunks.next()
    if (step.done !== true) hash.update(step.value)
    return step
  }
  async function settle(): Promise<void> {
    while ((await next()).done !== true);
    if (`${algorithm}:${hash.digest('hex')}` !== promised.digest) throw promised.broken()
  }
  try {
    const result = await readOrFail(() => read({ [Symbol.asyncIterator]: () => ({ next }) }))
    await settle()
    if ('failure' in result) throw result.failure
    return result.value
  } finally {
    await chunks.return(undefined)
  }
}

async function* chunksOf(blob: Chunks): AsyncGenerator<Uint8Array, undefined> {
  yield* blob
}

/** Only damage waits for the verdict; everything else is thrown at once. */
async function readOrFail<Result>(
  read: () => Promise<Result>,
): Promise<{ readonly value: Result } | { readonly failure: Problem }> {
  try {
    return { value: await read() }
  } catch (error) {
    if (error instanceof Problem && error.code === 'malformed') return { failure: error }
    throw error
  }
}
