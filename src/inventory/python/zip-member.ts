import { promisify } from 'node:util'
import { crc32, inflateRawSync } from 'node:zlib'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'
import { Problem } from '#kit/errors.ts'

const openZip = promisify<Buffer, { lazyEntries: true; decodeStrings: false }, ZipFile>(fromBuffer)
const entriesLimit = 100_000
const memberLimitBytes = 4 * 1024 ** 2

/** Content of the first member of a zip whose name fits. Nothing is unpacked but that. Throws `malformed` without one. */
export async function readMember(zip: Buffer, name: RegExp, at: string): Promise<Buffer> {
  const archive = await openZip(zip, { lazyEntries: true, decodeStrings: false }).catch((cause: unknown) => {
    throw new Problem('malformed', 'it is no zip, or cut off', { at, cause })
  })
  if (archive.entryCount > entriesLimit) {
    throw new Problem('limit_exceeded', `a zip of more than ${entriesLimit} files`, { at })
  }
  for await (const entry of entriesOf(archive, at)) {
    if (name.test(Buffer.from(entry.fileNameRaw).toString())) return contentOf(zip, entry, at)
  }
  throw new Problem('malformed', 'there is no description of a package in it', { at })
}

async function* entriesOf(zip: ZipFile, at: string): AsyncGenerator<Entry> {
  try {
    for (let entry = await nextEntry(zip); entry !== undefined; entry = await nextEntry(zip)) yield entry
  } catch (cause) {
    throw new Problem('malformed', 'the directory of the zip is damaged', { at, cause })
  }
}

async function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const settle =
      <Value>(outcome: (value: Value) => void) =>
      (value: Value) => {
        zip.removeAllListeners()
        outcome(value)
      }
    zip
      .once('entry', settle(resolve))
      .once(
        'end',
        settle(() => resolve(undefined)),
      )
      .once('error', settle(reject))
    zip.readEntry()
  })
}

const localHeaderBytes = 30

function contentOf(zip: Buffer, entry: Entry, at: string): Buffer {
  const header = entry.relativeOffsetOfLocalHeader
  if (entry.uncompressedSize > memberLimitBytes) {
    throw new Problem('limit_exceeded', `a description of more than ${memberLimitBytes} bytes`, { at })
  }
  if (header + localHeaderBytes > zip.length || entry.isEncrypted()) throw damaged(at)
  const start = header + localHeaderBytes + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28)
  const content = unpack(zip.subarray(start, start + entry.compressedSize), entry, at)
  if (crc32(content) !== entry.crc32) throw damaged(at)
  return content
}

function unpack(stored: Buffer, entry: Entry, at: string): Buffer {
  if (entry.compressionMethod === 0) return stored
  try {
    return inflateRawSync(stored, { maxOutputLength: Math.max(1, entry.uncompressedSize) })
  } catch (cause) {
    throw damaged(at, cause)
  }
}

function damaged(at: string, cause?: unknown): Problem {
  return new Problem('malformed', 'the description of the package is damaged in the zip', { at, cause })
}
