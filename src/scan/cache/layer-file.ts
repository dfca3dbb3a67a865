import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import { z } from 'zod'
import type { ProbeNote } from '#inventory/probe-notes.ts'
import { decodeEntries, encodeEntries } from './entry-columns.ts'
import type { LayerFacts, ProbedLayer } from './layer-facts.ts'
import { seal, unseal, whole } from './seal.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

const magic = Buffer.from('seawall layer 1\n')

/** Files from here on are stored once for all layers that have them. */
const sharedFromBytes = 32 * 1024
const sectionLimitBytes = 1024 ** 3

const count = z.int().nonnegative()
const Section = z.object({ size: count.max(sectionLimitBytes), stored: count })
const Header = z.object({
  key: z.string(),
  bytes: z.number(),
  diffId: z.string().optional(),
  entries: count,
  refusals: z.array(z.object({ path: z.string(), reason: z.string() })),
  tree: Section,
  files: Section,
  notes: Section,
  /** Index of the entry and size, for what is in `files`. */
  small: z.array(z.tuple([count, count])),
  /** Index of the entry, size and digest, for what lies beside. */
  large: z.array(z.tuple([count, count, z.string()])),
  probed: z.array(
    z.object({
      id: z.string(),
      version: z.number(),
      skipped: z.array(count),
      /** Index of the entry, size in `notes`, and whether it says why the probe gave up. */
      notes: z.array(z.tuple([count, count, z.boolean()])),
    }),
  ),
})
type Header = z.infer<typeof Header>

/** A layer as it is stored: one file of its own, and large contents that others may share. */
export interface StoredLayer {
  readonly file: Buffer
  /** By their digest. */
  readonly large: ReadonlyMap<string, Buffer>
}

/** `undefined` for what is too large to be stored. */
export async function encodeLayer(key: string, facts: LayerFacts): Promise<StoredLayer | undefined> {
  const tree = encodeEntries(facts.entries)
  const contents = [...facts.contents]
  const small = contents.filter(([, { length }]) => length < sharedFromBytes)
  const large = contents
    .filter(([, { length }]) => length >= sharedFromBytes)
    .map(([index, content]) => ({ index, content, digest: createHash('sha256').update(content).digest('hex') }))
  const notes = facts.probed.flatMap((row) => [...row.notes.values()].map(bytesOf))
  const sections = [tree, whole(small.map(([, content]) => content)), whole(notes)]
  const packed = await Promise.all(sections.map((section) => pack(section)))
  const [packedTree, packedFiles, packedNotes] = packed
  if (packedTree === undefined || packedFiles === undefined || packedNotes === undefined) return undefined
  const header: Header = {
    key,
    bytes: facts.bytes,
    diffId: facts.diffId,
    entries: facts.entries.length,
    refusals: [...facts.refusals],
    tree: packedTree.section,
    files: packedFiles.section,
    notes: packedNotes.section,
    small: small.map(([index, { length }]) => [index, length]),
    large: large.map(({ index, content, digest }) => [index, content.length, digest]),
    probed: facts.probed.map(({ id, version, skipped, notes: own }) => ({
      id,
      version,
      skipped: [...skipped],
      notes: [...own].map(([index, note]) => [index, bytesOf(note).length, note.failure !== undefined]),
    })),
  }
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  const body = whole([length, text, packedTree.bytes, packedFiles.bytes, packedNotes.bytes])
  return {
    file: seal(magic, body),
    large: new Map(large.map(({ digest, content }) => [digest, content])),
  }
}

/** Reads what `encodeLayer` wrote; throws on anything else. Without one of its large contents it is of no use. */
export async function decodeLayer(
  key: string,
  file: Buffer,
  contentOf: (digest: string, size: number) => Promise<Buffer | undefined>,
): Promise<LayerFacts | undefined> {
  const body = unseal(magic, file)
  const textEnd = 4 + body.readUInt32LE(0)
  const header = Header.parse(JSON.parse(body.toString('utf8', 4, textEnd)))
  if (header.key !== key) throw new RangeError('this is of another layer')
  const filesAt = textEnd + header.tree.stored
  const notesAt = filesAt + header.files.stored
  const [tree, files, notes] = await Promise.all([
    unpack(body.subarray(textEnd, filesAt), header.tree),
    unpack(body.subarray(filesAt, notesAt), header.files),
    unpack(body.subarray(notesAt), header.notes),
  ])
  const contents = new Map(spread(header.small, files))
  for (const [index, size, digest] of header.large) {
    const content = await contentOf(digest, size)
    if (content === undefined) return undefined
    contents.set(index, content)
  }
  const { bytes, diffId, refusals } = header
  const entries = decodeEntries(tree, header.entries)
  return { entries, refusals, bytes, diffId, contents, probed: decodeProbed(header, notes) }
}

/** A content that layers share, as it is stored. */
export async function encodeContent(content: Buffer): Promise<Buffer> {
  return await compress(content, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
}

/** Throws when it is not the one of this digest. */
export async function decodeContent(stored: Buffer, digest: string, size: number): Promise<Buffer> {
  const content = await decompress(stored, { maxOutputLength: Math.max(1, size) })
  const isRight = content.length === size && createHash('sha256').update(content).digest('hex') === digest
  if (!isRight) throw new RangeError('this is another content')
  return content
}

function decodeProbed({ probed }: Header, bytes: Buffer): ProbedLayer[] {
  const all = spread(
    probed.flatMap(({ notes }) => notes),
    bytes,
  )
  return probed.map(({ id, version, skipped, notes }) => {
    const own = notes.map(([index, , isFailure]): [number, ProbeNote] => {
      const content = all.next().value?.[1] ?? Buffer.alloc(0)
      return [index, isFailure ? { id, failure: content.toString('utf8') } : { id, bytes: content }]
    })
    return { id, version, skipped, notes: new Map(own) }
  })
}

/** Cuts a section into what it was made of. */
function* spread(
  rows: readonly (readonly [index: number, size: number, ...unknown[]])[],
  bytes: Buffer,
): Generator<[number, Buffer], undefined> {
  let at = 0
  for (const [index, size] of rows) {
    if (at + size > bytes.length) throw new RangeError('a section is too short')
    yield [index, bytes.subarray(at, at + size)]
    at += size
  }
}

function bytesOf(note: ProbeNote): Buffer {
  return note.bytes ?? Buffer.from(note.failure)
}

async function pack(section: Buffer | undefined) {
  if (section === undefined || section.length > sectionLimitBytes) return undefined
  const bytes = await encodeContent(section)
  return { bytes, section: { size: section.length, stored: bytes.length } }
}

async function unpack(stored: Buffer, { size }: z.infer<typeof Section>): Promise<Buffer> {
  const bytes = await decompress(stored, { maxOutputLength: Math.max(1, size) })
  if (bytes.length !== size) throw new RangeError('a section is too short')
  return bytes
}
