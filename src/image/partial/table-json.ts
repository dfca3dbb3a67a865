import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseJson, parseValue } from '#kit/json.ts'

/** Writers leave out what is zero or empty. */
const Count = z
  .int()
  .nonnegative()
  .nullish()
  .transform((count) => count ?? 0)
const Text = z
  .string()
  .nullish()
  .transform((text) => text ?? '')

const types = ['dir', 'reg', 'symlink', 'hardlink', 'char', 'block', 'fifo', 'chunk'] as const

const TableEntry = z.object({
  name: z.string(),
  type: z.enum(types),
  size: Count,
  linkName: Text,
  mode: Count,
  uid: Count,
  gid: Count,
  devMajor: Count,
  devMinor: Count,
  /** Of the whole content of the file. */
  digest: Text,
  /** In the blob: where the first compressed part of the file or chunk starts. */
  offset: Count,
  /** zstd:chunked: where the compressed file ends. */
  endOffset: Count,
  /** eStargz: bytes of the inflated part that come before the chunk. */
  innerOffset: Count,
  chunkOffset: Count,
  /** 0 stands for the rest of the file. */
  chunkSize: Count,
  chunkDigest: Text,
  /** zstd:chunked: `zeros` for a chunk that has nothing else. */
  chunkType: Text,
})
export type TableEntry = z.infer<typeof TableEntry>

const Table = z.object({ version: z.literal(1), entries: z.array(TableEntry) })

/** Values in the whole document: an entry has some 15. */
const valuesLimit = 4_000_000

/**
 * Reads a table of contents as JSON that can be taken in one way only. Readers differ on repeated keys, and on keys
 * that differ in case: such a document could tell them and us different things, so it is refused.
 */
export function parseTable(json: Buffer): readonly TableEntry[] {
  const { values, pairs } = countTokens(json)
  if (values > valuesLimit) {
    throw new Problem('limit_exceeded', `the table of contents has more than ${valuesLimit} values`)
  }
  const at = 'the table of contents'
  const document = parseJson(z.unknown(), json.toString('utf8'), at)
  if (countClearKeys(document) !== pairs) throw new Problem('malformed', `${at} has a key twice in one object`)
  return parseValue(Table, document, at).entries
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const structural: ReadonlySet<number> = new Set([0x2c, 0x5b, 0x7b])

/** Counts what stands outside of strings; only what is then parsed as JSON need be counted right. */
function countTokens(json: Buffer): { readonly values: number; readonly pairs: number } {
  let values = 0
  let pairs = 0
  let isText = false
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0
    if (isText) {
      if (byte === backslash) at += 1
      else if (byte === quote) isText = false
    } else if (byte === quote) isText = true
    else if (byte === colon) pairs += 1
    else if (structural.has(byte)) values += 1
  }
  return { values, pairs }
}

const names = [...Object.keys(Table.shape), ...Object.keys(TableEntry.shape)]
const knownNames: ReadonlySet<string> = new Set(names)
const foldedNames: ReadonlySet<string> = new Set(names.map((name) => name.toLowerCase()))

/** Without recursion: depth is the sender's choice. Throws `malformed` for a key that some readers take for another. */
function countClearKeys(root: unknown): number {
  const pending: unknown[] = [root]
  let count = 0
  while (pending.length > 0) {
    const value = pending.pop()
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) {
        requireClear(key)
        count += 1
      }
      if (typeof inner === 'object') pending.push(inner)
    }
  }
  return count
}

function requireClear(key: string): void {
  if (knownNames.has(key)) return
  // Upper case first: it also folds what is not ASCII and yet equals an ASCII letter for some readers.
  if (!foldedNames.has(key.toUpperCase().toLowerCase())) return
  throw new Problem('malformed', 'the table of contents has a key in another case than it should be')
}
