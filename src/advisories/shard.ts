import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { joined } from '#kit/limits.ts'
import { Turns } from '#kit/turns.ts'

/**
 * A shard: sorted keys with rows of JSON values, in blocks compressed one by one. docs/database.md draws it.
 * Bytes: magic, length of the head, head (zstd), blocks (zstd) end to end.
 */
export interface Shard {
  readonly head: ShardHead
  /** Rows of one key; decompresses at most one block. */
  rows(key: string): readonly unknown[]
  entries(): Iterable<ShardEntry>
}

export type ShardEntry = readonly [key: string, rows: readonly unknown[]]

const ShardHead = z.object({
  kind: z.string(),
  namespace: z.string(),
  /** Whatever the rows refer to, by the kind of shard. */
  tables: z.unknown(),
  /** Text that blocks have in common: the compressor's dictionary. */
  dictionary: z.string(),
  /** First key, compressed and decompressed size of every block, in order. */
  blocks: z.array(z.tuple([z.string(), z.int().positive(), z.int().positive()])),
})
export type ShardHead = z.infer<typeof ShardHead>

const magic = Buffer.from('SEAWALL\x01', 'latin1')
const prefixBytes = magic.length + 4
const blockTargetBytes = 48 * 1024
const dictionaryBytes = 8 * 1024
const headLimitBytes = 32 * 1024 * 1024
const blockLimitBytes = 64 * 1024 * 1024
const cacheLimitBytes = 16 * 1024 * 1024

/** Entries come sorted by key (code unit order), each key once. The same entries give the same bytes. */
export async function encodeShard(
  about: Pick<ShardHead, 'kind' | 'namespace' | 'tables'>,
  entries: Iterable<ShardEntry>,
  signal: AbortSignal,
): Promise<Buffer> {
  const turns = new Turns(signal)
  const texts = [...blockTexts(entries)]
  const dictionary = sample(texts.map(({ text }) => text))
  const blocks: { first: string; rawBytes: number; bytes: Buffer }[] = []
  for (const { first, text } of texts) {
    const raw = Buffer.from(text)
    if (raw.length > blockLimitBytes) throw new Problem('limit_exceeded', `${first} has too many records`)
    blocks.push({ first, rawBytes: raw.length, bytes: compress(raw, dictionary) })
    if (turns.isDue) await turns.give()
  }
  const head: ShardHead = {
    ...about,
    dictionary,
    blocks: blocks.map(({ first, rawBytes, bytes }) => [first, bytes.length, rawBytes]),
  }
  const headBytes = compress(Buffer.from(JSON.stringify(head)), '')
  const prefix = Buffer.alloc(prefixBytes)
  magic.copy(prefix)
  prefix.writeUInt32LE(headBytes.length, magic.length)
  const parts = [prefix, headBytes, ...blocks.map(({ bytes }) => bytes)]
  return joined(
    parts,
    parts.reduce((sum, part) => sum + part.length, 0),
  )
}

/** Throws `malformed` when the bytes are not a shard. */
export function decodeShard(bytes: Buffer): Shard {
  if (bytes.length < prefixBytes || !bytes.subarray(0, magic.length).equals(magic)) throw damaged('not a shard')
  const headEnd = prefixBytes + bytes.readUInt32LE(magic.length)
  const head = guarded(() =>
    ShardHead.parse(JSON.parse(inflate(bytes.subarray(prefixBytes, headEnd), headLimitBytes, ''))),
  )
  const blocks = layOut(head, headEnd, bytes.length)
  const cache = new Map<number, ReadonlyMap<string, readonly unknown[]>>()
  let cachedBytes = 0

  function open(index: number): ReadonlyMap<string, readonly unknown[]> {
    const known = cache.get(index)
    const block = blocks[index]
    if (known !== undefined || block === undefined) return known ?? new Map()
    if (cachedBytes > cacheLimitBytes) {
      cache.clear()
      cachedBytes = 0
    }
    const entries = guarded(() => parseBlock(bytes.subarray(block.start, block.end), block.rawBytes, head.dictionary))
    cache.set(index, entries)
    cachedBytes += block.rawBytes
    return entries
  }

  return {
    head,
    rows: (key) => open(lastAtMost(head.blocks, key)).get(key) ?? [],
    *entries() {
      for (const index of blocks.keys()) yield* open(index)
    },
  }
}

function* blockTexts(entries: Iterable<ShardEntry>): Generator<{ first: string; text: string }> {
  let first: string | undefined
  let lines: string[] = []
  let size = 0
  for (const entry of entries) {
    const line = JSON.stringify(entry)
    if (first !== undefined && size + line.length > blockTargetBytes) {
      yield { first, text: `[${lines.join(',\n')}]` }
      first = undefined
      lines = []
      size = 0
    }
    first ??= entry[0]
    lines.push(line)
    size += line.length
  }
  if (first !== undefined) yield { first, text: `[${lines.join(',\n')}]` }
}

/** A slice of blocks spread over the shard; worth its bytes only where there are many. */
function sample(texts: readonly string[]): string {
  if (texts.length < 8) return ''
  const slices = 8
  return Array.from({ length: slices }, (_, index) => {
    const text = texts[Math.floor((index * texts.length) / slices)] ?? ''
    return text.slice(0, dictionaryBytes / slices).toWellFormed()
  }).join('')
}

function compress(raw: Buffer, dictionary: string): Buffer {
  return zstdCompressSync(raw, {
    params: { [constants.ZSTD_c_compressionLevel]: 19, [constants.ZSTD_c_contentSizeFlag]: 1 },
    ...(dictionary === '' ? {} : { dictionary: Buffer.from(dictionary) }),
  })
}

function inflate(bytes: Buffer, limitBytes: number, dictionary: string): string {
  return zstdDecompressSync(bytes, {
    maxOutputLength: limitBytes,
    ...(dictionary === '' ? {} : { dictionary: Buffer.from(dictionary) }),
  }).toString()
}

function parseBlock(bytes: Buffer, rawBytes: number, dictionary: string): ReadonlyMap<string, readonly unknown[]> {
  const entries: unknown = JSON.parse(inflate(bytes, rawBytes, dictionary))
  if (!Array.isArray(entries)) throw damaged('a block is not a list')
  const rowsByKey = new Map<string, readonly unknown[]>()
  for (const entry of entries) {
    const [key, rows]: unknown[] = Array.isArray(entry) ? entry : []
    if (typeof key !== 'string' || !Array.isArray(rows)) throw damaged('a block holds something else than rows')
    rowsByKey.set(key, rows)
  }
  return rowsByKey
}

function layOut(head: ShardHead, start: number, sizeBytes: number) {
  let offset = start
  const blocks = head.blocks.map(([, size, rawBytes]) => {
    if (rawBytes > blockLimitBytes) throw damaged('a block is too large')
    const block = { start: offset, end: offset + size, rawBytes }
    offset += size
    return block
  })
  if (offset !== sizeBytes) throw damaged('its length is wrong')
  return blocks
}

/** Index of the last block whose first key is at most `key`; -1 when none is. */
function lastAtMost(blocks: ShardHead['blocks'], key: string): number {
  let low = 0
  let high = blocks.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((blocks[middle]?.[0] ?? '') <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}

function guarded<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    throw damaged('it cannot be decoded', cause)
  }
}

function damaged(why: string, cause?: unknown): Problem {
  return new Problem('malformed', `a shard is damaged: ${why}`, { cause })
}
