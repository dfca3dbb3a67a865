import { mapConcurrently } from '#kit/concurrency.ts'
import { Problem } from '#kit/errors.ts'
import { digestOf } from '../image-pieces.ts'
import { inflate } from '../inflate.ts'
import type { BlobParts } from '../layer-reader.ts'
import type { Member, Place } from './listing.ts'
import { mergeSpans, type Span } from './spans.ts'
import { fetchPart, type PartOptions } from './table-bytes.ts'

export interface Contents {
  readonly byPath: Map<string, Buffer>
  /** That had to be inflated. */
  readonly bytes: number
}

/** Some 30 ms of a slow connection: about what a request costs. */
const gapBytes = 32 * 1024
const requests = 256
const smallSpanBytes = 8 * 1024 ** 2
const largeSpanBytes = 64 * 1024 ** 2
const smallAtOnce = 4

interface WantedFile {
  readonly path: string
  readonly size: number
  readonly place: Place
}

/** Files whose inflated bytes start at the same place. */
interface Stretch extends Span {
  readonly files: readonly WantedFile[]
  /** Inflated bytes that they need. */
  readonly bytes: number
}

/** Fetches these files and nothing that is far from them; each is held against its digests. Throws `malformed`. */
export async function fetchContents(
  parts: BlobParts,
  members: readonly Member[],
  options: PartOptions,
): Promise<Contents> {
  const stretches = stretchesOf(members)
  const bytes = stretches.reduce((sum, stretch) => sum + stretch.bytes, 0)
  if (bytes > options.limits.keptLayerBytes) throw notWorthIt('too much of it would have to be inflated')
  const spans = mergeSpans(stretches, { gapBytes, spans: requests, spanBytes: smallSpanBytes })
  const fetched = spans.reduce((sum, { start, end }) => sum + end - start, 0)
  if (fetched * 2 > parts.size) throw notWorthIt('most of it is wanted')
  if (spans.some(({ start, end }) => end - start > largeSpanBytes)) throw notWorthIt('a part of it is too large')
  const byPath = new Map<string, Buffer>()
  const loads = loadsOf(spans, stretches)
  const isSmall = ({ span }: Load) => span.end - span.start <= smallSpanBytes
  const load = (one: Load) => loadSpan(parts, one, { ...options, byPath })
  await mapConcurrently(loads.filter(isSmall), smallAtOnce, load)
  await mapConcurrently(
    loads.filter((one) => !isSmall(one)),
    1,
    load,
  )
  return { byPath, bytes }
}

interface Load {
  readonly span: Span
  readonly stretches: Stretch[]
}

function stretchesOf(members: readonly Member[]): Stretch[] {
  const files = members.flatMap(({ header: { path, size }, place }) =>
    place === undefined ? [] : [{ path, size, place }],
  )
  const stretches = [...Map.groupBy(files, ({ place }) => place.start)].map(([start, same]) => ({
    start,
    end: same.reduce((end, { place }) => Math.max(end, place.end), start),
    files: same,
    bytes: same.reduce((bytes, { place, size }) => Math.max(bytes, place.skip + size), 0),
  }))
  return stretches.toSorted((a, b) => a.start - b.start)
}

/** Both in order: a stretch lies in the first span that ends behind it. */
function loadsOf(spans: readonly Span[], stretches: readonly Stretch[]): Load[] {
  const loads: Load[] = spans.map((span) => ({ span, stretches: [] }))
  let at = 0
  for (const stretch of stretches) {
    while (stretch.end > (loads[at]?.span.end ?? Number.POSITIVE_INFINITY)) at += 1
    loads[at]?.stretches.push(stretch)
  }
  return loads
}

async function loadSpan(
  parts: BlobParts,
  { span, stretches }: Load,
  { byPath, ...options }: PartOptions & { readonly byPath: Map<string, Buffer> },
): Promise<void> {
  const compressed = await fetchPart(parts, span.start, span.end, options.signal)
  for (const { start, end, files, bytes } of stretches) {
    const inflated = await inflateUpTo(compressed.subarray(start - span.start, end - span.start), bytes, options)
    for (const { path, size, place } of files) {
      const content = inflated.subarray(place.skip, place.skip + size)
      requireChunks(content, place)
      byPath.set(path, content)
    }
  }
}

/** What comes after `bytes` are the headers of the next files, or nothing. */
async function inflateUpTo(compressed: Buffer, bytes: number, options: PartOptions): Promise<Buffer> {
  const inflated = Buffer.alloc(bytes)
  let filled = 0
  for await (const chunk of inflate([compressed], { ...options, name: 'a file' })) {
    inflated.set(chunk.subarray(0, bytes - filled), filled)
    filled += chunk.length
    if (filled >= bytes) return inflated
  }
  throw new Problem('malformed', 'a file is shorter than the table of contents says')
}

function requireChunks(content: Buffer, { chunks }: Place): void {
  for (const { offset, size, digest } of chunks) {
    const chunk = content.subarray(offset, offset + size)
    const isRight =
      digest === undefined
        ? chunk.every((byte) => byte === 0)
        : digestOf(chunk, digest.startsWith('sha512:') ? 'sha512' : 'sha256') === digest
    if (!isRight) throw new Problem('malformed', 'a file is not what the table of contents says')
  }
}

function notWorthIt(why: string): Problem {
  return new Problem('limit_exceeded', why)
}
