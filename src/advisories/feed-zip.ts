import { promisify } from 'node:util'
import { crc32, inflateRawSync } from 'node:zlib'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'
import { Problem } from '#kit/errors.ts'
import { archiveLimits, checkRatio, type FeedMember, isZlibError, type MemberOptions } from './archive-limits.ts'
import type { DroppedItem } from './source.ts'

const openZip = promisify<Buffer, { lazyEntries: true; decodeStrings: false }, ZipFile>(fromBuffer)

/** The wanted files of a zip in the order of its directory. A damaged file is dropped, a damaged directory throws. */
export async function* zipMembers(
  bytes: Buffer,
  at: string,
  { wants, signal }: MemberOptions,
): AsyncGenerator<FeedMember | DroppedItem> {
  const zip = await openZip(bytes, { lazyEntries: true, decodeStrings: false }).catch((cause: unknown) => {
    throw new Problem('malformed', 'the zip has no readable directory', { at, cause })
  })
  if (zip.entryCount > archiveLimits.members) {
    throw new Problem('limit_exceeded', `more than ${archiveLimits.members} files`, { at })
  }
  let unpacked = 0
  for await (const entry of entriesOf(zip, at)) {
    signal.throwIfAborted()
    const name = Buffer.from(entry.fileNameRaw).toString()
    if (name.endsWith('/') || !wants(name)) continue
    const content = contentOf(bytes, entry)
    if (typeof content === 'string') {
      yield { dropped: { at: name, reason: content } }
      continue
    }
    unpacked += content.length
    checkRatio(unpacked, bytes.length, at)
    yield { name, bytes: content }
  }
}

async function* entriesOf(zip: ZipFile, at: string): AsyncGenerator<Entry> {
  try {
    for (let entry = await nextEntry(zip); entry !== undefined; entry = await nextEntry(zip)) yield entry
  } catch (cause) {
    throw cause instanceof Problem ? cause : new Problem('malformed', 'the zip directory is damaged', { at, cause })
  }
}

async function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    zip.once('entry', settle(resolve)).once('end', settle(resolve)).once('error', settle(reject))
    zip.readEntry()
    function settle<Value>(outcome: (value: Value) => void): (value: Value) => void {
      return (value) => {
        zip.removeAllListeners()
        outcome(value)
      }
    }
  })
}

const localHeaderBytes = 30

/** The content, checked against its size and checksum; or why it cannot be had. */
function contentOf(zip: Buffer, entry: Entry): Buffer | string {
  const header = entry.relativeOffsetOfLocalHeader
  if (header + localHeaderBytes > zip.length || zip.readUInt32LE(header) !== 0x04034b50) return 'damaged in the zip'
  if (entry.uncompressedSize > archiveLimits.memberBytes) return 'larger than the limit'
  const start = header + localHeaderBytes + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28)
  const stored = zip.subarray(start, start + entry.compressedSize)
  const content = unpack(stored, entry)
  if (content === undefined) return 'damaged in the zip'
  return content.length === entry.uncompressedSize && crc32(content) === entry.crc32 ? content : 'damaged in the zip'
}

/** Methods 0 (stored) and 8 (deflate), not encrypted. */
function unpack(stored: Buffer, entry: Entry): Buffer | undefined {
  if (entry.isEncrypted()) return undefined
  if (entry.compressionMethod === 0) return stored
  if (entry.compressionMethod !== 8) return undefined
  try {
    return inflateRawSync(stored, { maxOutputLength: Math.max(1, entry.uncompressedSize) })
  } catch (error) {
    if (isZlibError(error)) return undefined
    throw error
  }
}
