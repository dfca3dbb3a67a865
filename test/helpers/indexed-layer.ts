/** Layers with a table of contents, eStargz and zstd:chunked, made from any tar archive as their formats describe. */
import { crc32, gzipSync, constants as zlib, zstdCompressSync } from 'node:zlib'
import { type TarHeader, TarParser } from '#kit/tar/tar-parser.ts'
import { addBlob, addManifest, type FakeDescriptor, type RegistryContent, sha256 } from './fake-registry.ts'
import { tarOf } from './tar-writer.ts'

export type TableEntry = Record<string, unknown>

export interface IndexOptions {
  /** Longer files are cut into chunks. */
  readonly chunkBytes?: number
  readonly level?: number
  /** What the table says instead. */
  readonly edit?: (entries: TableEntry[]) => readonly unknown[]
  /** The text of the table instead. */
  readonly rewrite?: (json: string) => string
}

export interface IndexedLayer {
  readonly blob: Buffer
  readonly mediaType: string
  readonly annotations: Readonly<Record<string, string>>
  readonly diffId: string
  /** Of the table in the blob. */
  readonly table: { readonly start: number; readonly bytes: number }
}

interface Section {
  readonly header: TarHeader
  /** Where its content is in the archive. */
  readonly from: number
  readonly to: number
}

const types: Readonly<Record<TarHeader['type'], string>> = {
  directory: 'dir',
  file: 'reg',
  symlink: 'symlink',
  hardlink: 'hardlink',
  'character-device': 'char',
  'block-device': 'block',
  fifo: 'fifo',
}

export function estargzLayer(
  tar: Buffer,
  options: IndexOptions & { readonly memberBytes?: number } = {},
): IndexedLayer {
  const { chunkBytes = 4 * 1024 ** 2, level = 6, memberBytes = 1 } = options
  const members = new GzipMembers(level)
  const entries: TableEntry[] = []
  let at = 0
  for (const { header, from, to } of sectionsOf(tar)) {
    const entry = entryOf(header)
    entries.push(entry)
    if (to === from) continue
    members.add(tar.subarray(at, from))
    for (let start = from; start < to; start += chunkBytes) {
      const end = Math.min(to, start + chunkBytes)
      const place = {
        ...members.place(memberBytes),
        chunkDigest: sha256(tar.subarray(start, end)),
        ...(start > from ? { chunkOffset: start - from } : {}),
        ...(end < to ? { chunkSize: end - start } : {}),
      }
      if (start === from) Object.assign(entry, { digest: sha256(tar.subarray(from, to)), ...place })
      else entries.push({ name: entry['name'], type: 'chunk', ...place })
      members.add(tar.subarray(start, end))
    }
    at = to
  }
  members.add(tar.subarray(at, endOf(tar)))
  const json = tableJson(entries, options)
  const { offset: start } = members.place(1)
  members.add(tarOf([{ name: 'stargz.index.json', content: json }]))
  const { offset: end } = members.place(1)
  return {
    blob: Buffer.concat([...members.compressed, estargzFooter(start)]),
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    annotations: { 'containerd.io/snapshot/stargz/toc.digest': sha256(json) },
    diffId: sha256(Buffer.concat(members.uncompressed)),
    table: { start, bytes: end - start },
  }
}

/** A blob of gzip members that end where a place is asked for. */
class GzipMembers {
  readonly compressed: Buffer[] = []
  readonly uncompressed: Buffer[] = []
  readonly #level: number
  #open: Buffer[] = []
  #openBytes = 0
  #offset = 0

  constructor(level: number) {
    this.#level = level
  }

  add(piece: Buffer): void {
    this.uncompressed.push(piece)
    this.#open.push(piece)
    this.#openBytes += piece.length
  }

  /** Where the next piece comes: in a new member, unless the last one is still shorter than `memberBytes`. */
  place(memberBytes: number): { readonly offset: number; readonly innerOffset?: number } {
    if (this.#openBytes < memberBytes) return { offset: this.#offset, innerOffset: this.#openBytes }
    const member = gzipSync(Buffer.concat(this.#open), { level: this.#level })
    this.compressed.push(member)
    this.#offset += member.length
    this.#open = []
    this.#openBytes = 0
    return { offset: this.#offset }
  }
}

export function chunkedLayer(tar: Buffer, options: IndexOptions = {}): IndexedLayer {
  const { chunkBytes = 64 * 1024, level = 3 } = options
  const compress = (piece: Buffer) => zstdCompressSync(piece, { params: { [zlib.ZSTD_c_compressionLevel]: level } })
  const frames: Buffer[] = []
  let size = 0
  function add(piece: Buffer): void {
    const frame = compress(piece)
    frames.push(frame)
    size += frame.length
  }
  const entries: TableEntry[] = []
  let at = 0
  for (const { header, from, to } of sectionsOf(tar)) {
    const entry = entryOf(header)
    entries.push(entry)
    if (to === from) continue
    add(tar.subarray(at, from))
    const offset = size
    const chunks: TableEntry[] = []
    for (let start = from; start < to; start += chunkBytes) {
      const piece = tar.subarray(start, Math.min(to, start + chunkBytes))
      const isZeros = piece.every((byte) => byte === 0)
      chunks.push({
        offset: size,
        chunkOffset: start - from,
        chunkSize: piece.length,
        chunkDigest: sha256(piece),
        ...(isZeros ? { chunkType: 'zeros' } : {}),
      })
      add(piece)
    }
    const whole = { digest: sha256(tar.subarray(from, to)), offset, endOffset: size }
    Object.assign(entry, chunks.length > 1 ? chunks[0] : {}, whole)
    for (const chunk of chunks.slice(1)) entries.push({ name: entry['name'], type: 'chunk', ...chunk })
    at = to
  }
  add(tar.subarray(at))
  const json = tableJson(entries, options)
  const table = compress(json)
  const start = size + 8
  const footer = Buffer.alloc(64)
  for (const [index, value] of [start, table.length, json.length, 1].entries()) {
    footer.writeBigUInt64LE(BigInt(value), index * 8)
  }
  footer.write('GNUlInUx', 56, 'latin1')
  return {
    blob: Buffer.concat([...frames, skippable(table), skippable(footer)]),
    mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd',
    annotations: {
      'io.github.containers.zstd-chunked.manifest-checksum': sha256(table),
      'io.github.containers.zstd-chunked.manifest-position': `${start}:${table.length}:${json.length}:1`,
    },
    diffId: sha256(tar),
    table: { start, bytes: table.length },
  }
}

/** Adds an image of such layers under a tag. */
export function addIndexedImage(
  content: RegistryContent,
  tag: string,
  layers: readonly IndexedLayer[],
): FakeDescriptor {
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) }
  const configuration = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs }))
  const config = addBlob(content, 'application/vnd.oci.image.config.v1+json', configuration)
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const described = layers.map(({ blob, annotations, mediaType: type }) => ({
    ...addBlob(content, type, blob),
    annotations,
  }))
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers: described }))
  return addManifest(content, mediaType, manifest, tag)
}

function sectionsOf(tar: Buffer): Section[] {
  const parser = new TarParser()
  return Array.from(parser.push(tar)).flatMap((event) => {
    if (event instanceof Uint8Array) return []
    return [{ header: event, from: event.offset, to: event.offset + event.stored }]
  })
}

/** Where the end marker starts. */
function endOf(tar: Buffer): number {
  const to = sectionsOf(tar).at(-1)?.to ?? 0
  return Math.min(tar.length, Math.ceil(to / 512) * 512)
}

function entryOf({ path, type, size, mode, uid, gid, linkName, isDeviceZero }: TarHeader): TableEntry {
  return {
    name: type === 'directory' ? `${path}/` : path,
    type: types[type],
    modtime: '2026-01-02T03:04:05Z',
    mode,
    uid,
    gid,
    ...(size > 0 ? { size } : {}),
    ...(linkName === '' ? {} : { linkName }),
    ...(type.endsWith('device') && !isDeviceZero ? { devMajor: 1, devMinor: 3 } : {}),
  }
}

function tableJson(entries: TableEntry[], { edit = (same) => same, rewrite = (same) => same }: IndexOptions): Buffer {
  return Buffer.from(rewrite(JSON.stringify({ version: 1, entries: edit(entries) })))
}

/** An empty gzip member of 51 bytes with the offset in its extra field. */
function estargzFooter(tableStart: number): Buffer {
  const extra = Buffer.from(`SG\x16\0${tableStart.toString(16).padStart(16, '0')}STARGZ`, 'latin1')
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, extra.length, 0])
  const tail = Buffer.alloc(8)
  tail.writeUInt32LE(crc32(''), 0)
  return Buffer.concat([header, extra, Buffer.from([1, 0, 0, 0xff, 0xff]), tail])
}

function skippable(content: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32LE(0x184d2a50, 0)
  header.writeUInt32LE(content.length, 4)
  return Buffer.concat([header, content])
}
