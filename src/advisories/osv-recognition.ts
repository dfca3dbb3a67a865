import { constants, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import { readEntry } from './feed-entry.ts'
import { readHead } from './feed-head.ts'

/** `Packagist:https://packages.drupal.org/8` and `AlmaLinux:9` are of the ecosystem before the colon. */
export function isOfEcosystem(found: string | undefined, ecosystem: string): boolean {
  return found !== undefined && withoutSuffix(found).toLowerCase() === ecosystem.toLowerCase()
}

function withoutSuffix(ecosystem: string): string {
  return ecosystem.replace(/:.*$/s, '')
}

const known = new WeakMap<Uint8Array, string | undefined>()

/**
 * The one ecosystem that a file of OSV records is about, told from the first of them. Records often name several, and
 * a file may have a few strays: it is the one that most records name. Of several such the one in the file's path wins,
 * then the one with the most packages.
 */
export function osvEcosystem(name: string, head: Uint8Array): string | undefined {
  if (!known.has(head)) known.set(head, decide(name, [...documents(head)].map(ecosystemsOf)))
  return known.get(head)
}

function decide(name: string, records: readonly (readonly string[])[]): string | undefined {
  const named = records.filter((ecosystems) => ecosystems.length > 0)
  const counts = new Map<string, number>()
  for (const ecosystem of named.flat()) counts.set(ecosystem, (counts.get(ecosystem) ?? 0) + 1)
  const common = [...counts].filter(
    ([ecosystem]) => named.filter((ecosystems) => ecosystems.includes(ecosystem)).length >= 0.75 * named.length,
  )
  const folders = name.toLowerCase().split('/')
  const byFolder = common.find(([ecosystem]) => folders.includes(ecosystem.toLowerCase()))
  return (byFolder ?? common.toSorted((a, b) => b[1] - a[1])[0])?.[0]
}

const Named = z.object({
  id: z.string(),
  affected: z.array(z.object({ package: z.object({ ecosystem: z.string() }).optional() })),
})

/** One for each entry about a package. */
function ecosystemsOf(text: string): readonly string[] {
  const record = readEntry(Named, text)
  return (
    record?.affected.flatMap((entry) => (entry.package === undefined ? [] : withoutSuffix(entry.package.ecosystem))) ??
    []
  )
}

/** At most so many records are looked at. */
const recordLimit = 100

function* documents(head: Uint8Array): Generator<string> {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  if (bytes.length > 4 && bytes.readUInt32LE(0) === 0x04034b50) yield* zippedDocuments(bytes).take(recordLimit)
  else if (/^\s*\{/.test(readHead(head).text)) yield readHead(head).text
}

const documentBytes = 1024 * 1024

/** Goes by the local headers, because the directory is at the far end of the file. */
function* zippedDocuments(bytes: Buffer): Generator<string> {
  let at = 0
  while (at + 30 < bytes.length && bytes.readUInt32LE(at) === 0x04034b50) {
    const method = bytes.readUInt16LE(at + 8)
    const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
    const document = unpack(bytes.subarray(start), method, bytes.readUInt32LE(at + 18))
    if (document === undefined) return
    yield document.text
    at = bytes.indexOf('PK\u0003\u0004', start + document.stored, 'latin1')
    if (at < 0) return
  }
}

/** A writer that streams leaves the size out of the local header; deflate knows its own end. */
function unpack(
  bytes: Buffer,
  method: number,
  size: number,
): { readonly text: string; readonly stored: number } | undefined {
  if (method === 0) return size <= bytes.length ? { text: bytes.toString('utf8', 0, size), stored: size } : undefined
  if (method !== 8 || size > bytes.length) return undefined
  try {
    const stored = size === 0 ? bytes : bytes.subarray(0, size)
    const text = inflateRawSync(stored, { maxOutputLength: documentBytes, finishFlush: constants.Z_SYNC_FLUSH })
    return { text: text.toString(), stored: size }
  } catch {
    return undefined
  }
}
