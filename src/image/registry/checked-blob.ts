import { createHash } from 'node:crypto'
import { Problem } from '#kit/errors.ts'
import { digestOf } from '../image-pieces.ts'
import type { Descriptor } from '../manifest.ts'

/** A blob whose every byte is held against its descriptor. */
export interface CheckedBlob extends AsyncDisposable {
  /** Ends with `malformed` when digest or size are not as promised. Leaving early does not end the blob. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Reads what is left, so that the verdict covers every byte. Throws like `chunks`. */
  settle(): Promise<void>
}

type Promised = Pick<Descriptor, 'digest' | 'size'>

export function checkedBlob(source: AsyncIterable<Uint8Array>, promised: Promised, registry: string): CheckedBlob {
  const verified = verify(source, promised, registry)
  const chunks: AsyncIterator<Uint8Array> = { next: () => verified.next() }
  return {
    chunks: { [Symbol.asyncIterator]: () => chunks },
    async settle() {
      for await (const _ of verified) {
        // only the check is wanted
      }
    },
    async [Symbol.asyncDispose]() {
      await verified.return(undefined)
    },
  }
}

/** Throws `malformed` unless the bytes are those that were promised. */
export function requireDigest(bytes: Uint8Array, { digest, size }: Partial<Promised>, registry: string): void {
  if (size !== undefined && size !== bytes.byteLength) throw wrongSize(registry, size, `${bytes.byteLength}`)
  if (digest === undefined) return
  const got = digestOf(bytes, algorithmOf(digest))
  if (got !== digest) throw wrongDigest(registry, digest, got)
}

async function* verify(
  source: AsyncIterable<Uint8Array>,
  { digest, size }: Promised,
  registry: string,
): AsyncGenerator<Uint8Array, undefined> {
  const algorithm = algorithmOf(digest)
  const hash = createHash(algorithm)
  let received = 0
  for await (const chunk of source) {
    received += chunk.byteLength
    if (received > size) throw wrongSize(registry, size, 'more', digest)
    hash.update(chunk)
    yield chunk
  }
  if (received !== size) throw wrongSize(registry, size, `${received}`, digest)
  const got = `${algorithm}:${hash.digest('hex')}`
  if (got !== digest) throw wrongDigest(registry, digest, got)
  return undefined
}

function algorithmOf(digest: string): 'sha256' | 'sha512' {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256'
}

function wrongDigest(registry: string, expected: string, got: string): Problem {
  return new Problem('malformed', `${registry} sent other content than promised: expected ${expected}, got ${got}`, {
    at: expected,
    hint: damaged,
  })
}

function wrongSize(registry: string, expected: number, got: string, at?: string): Problem {
  return new Problem(
    'malformed',
    `${registry} sent other content than promised: expected ${expected} bytes, got ${got}`,
    {
      at,
      hint: damaged,
    },
  )
}

const damaged = 'The registry or something before it damages or replaces content; do not use this image.'
