import { Problem } from '#kit/errors.ts'
import { Deadline } from '../deadline.ts'
import type { LayerContents, Selector } from '../entry.ts'
import { LayerCollector } from '../layer-collector.ts'
import type { BlobParts, LayerBlob, LayerReader, LayerRequest } from '../layer-reader.ts'
import { type Anchor, anchorOf } from './anchor.ts'
import { fetchContents } from './file-contents.ts'
import { listMembers, type Member } from './listing.ts'
import { fetchTable } from './table-bytes.ts'
import { parseTable } from './table-json.ts'

/** A shorter blob is read as a whole: that is one request, and all of it is checked. */
const shortestBytes = 64 * 1024

/**
 * Reads layers of a registry by their table of contents where the manifest vouches for one, and everything else with
 * `readWhole`: also a layer whose table is damaged, lies or costs too much. What only the content of a file can show is
 * not looked for; an unknown says so. docs/decisions/0010-partial-reading.md says what such a reading is worth.
 */
export function partialReader(readWhole: LayerReader): LayerReader {
  return async (blob, request) => {
    if (blob.parts === undefined) return readWhole(blob, request)
    try {
      return await readByTable(blob, blob.parts, request)
    } catch (error) {
      request.signal.throwIfAborted()
      if (!(error instanceof Problem)) throw error
      return { ...(await readWhole(blob, request)), reading: { by: 'whole', reason: error.message } }
    }
  }
}

/** Throws a Problem whose message is the reason why the layer must be read as a whole. */
async function readByTable(blob: LayerBlob, parts: BlobParts, request: LayerRequest): Promise<LayerContents> {
  const { name } = blob
  const { limits, selector } = request
  if (parts.size < shortestBytes) throw new Problem('limit_exceeded', 'it is short')
  const anchor = anchorOf(parts.annotations)
  if (anchor === undefined) throw new Problem('malformed', 'the manifest names no table of contents')
  using deadline = new Deadline(request.signal, limits.layerMs, name)
  const options = { limits, signal: deadline.signal }
  const members = await membersOf(parts, anchor, options)
  const isWanted = members.map((member) => isNamed(member, selector))
  const isFetched = ({ header }: Member, index: number) =>
    isWanted[index] === true && header.size <= limits.keptFileBytes
  if (members.some((member) => isTooLarge(member, request)))
    throw new Problem('limit_exceeded', 'a file to be looked into is too large')
  const { byPath, bytes } = await fetchContents(parts, members.filter(isFetched), options)
  const collected = collect(members, byPath, { ...request, name, deadline })
  const unseen = members.filter((member, index) => isWanted[index] !== true && isExecutable(member)).length
  const reason = `${unseen} of its executables were not looked into: it was read by its table of contents`
  const unknowns = unseen === 0 ? collected.unknowns : [...collected.unknowns, { path: name, reason }]
  return { entries: collected.entries, unknowns, bytes, reading: { by: anchor.format } }
}

async function membersOf(
  parts: BlobParts,
  anchor: Anchor,
  options: Parameters<typeof fetchTable>[2],
): Promise<Member[]> {
  const { json, start } = await fetchTable(parts, anchor, options)
  return listMembers(parseTable(json), anchor.format, start)
}

interface Collecting extends LayerRequest {
  readonly name: string
  readonly deadline: Deadline
}

/** The same limits and refusals as for an archive. Takes contents out of `byPath` as it copies them. */
function collect(
  members: readonly Member[],
  byPath: Map<string, Buffer>,
  { name, limits, selector, deadline }: Collecting,
): Pick<LayerContents, 'entries' | 'unknowns'> {
  const collector = new LayerCollector({ keep() {}, skip() {} }, { selector, limits, name }, deadline)
  for (const { header } of members) {
    collector.take(header)
    const content = byPath.get(header.path)
    if (content !== undefined) collector.take(content)
    byPath.delete(header.path)
  }
  return collector.finish()
}

/** Whether its name says that its content is needed. */
function isNamed({ header: { type, path, size } }: Member, selector: Selector): boolean {
  return type === 'file' && (selector.wants(path) || selector.probe(noBytes, size, path) !== undefined)
}

const noBytes = new Uint8Array(0)

/** A wanted file that is too large is told; one for a probe streams by where the layer is read as a whole. */
function isTooLarge({ header: { type, path, size } }: Member, { limits, selector }: LayerRequest): boolean {
  const isProbed = type === 'file' && size > limits.keptFileBytes && !selector.wants(path)
  return isProbed && selector.probe(noBytes, size, path) !== undefined
}

function isExecutable({ header: { type, size, mode } }: Member): boolean {
  return type === 'file' && size > 0 && (mode & 0o111) !== 0
}
