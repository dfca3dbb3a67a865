import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Context } from '#kit/context.ts'
import { download } from '#kit/download.ts'
import { Problem } from '#kit/errors.ts'
import { type RequestOptions, request } from '#kit/http.ts'
import type { HttpResponse } from '#kit/http-exchange.ts'
import { parseJson } from '#kit/json.ts'
import { readFileIfPresent } from './bounded-file.ts'

/** What became of one file of a feed. */
export type FeedOutcome =
  | { readonly kind: 'fetched' | 'unchanged'; readonly copy: FeedCopy }
  /** It could not be fetched now; this is the copy from before. */
  | { readonly kind: 'kept'; readonly copy: FeedCopy; readonly problem: Problem }
  /** The server says that there is no such file, or it failed otherwise; and there is no copy from before. */
  | { readonly kind: 'absent' | 'failed'; readonly problem: Problem }

interface FeedCopy {
  readonly path: string
  readonly sha256: string
  readonly bytes: number
  /** When its server last changed it. */
  readonly changedAt?: Date | undefined
}

interface Place {
  readonly url: string
  readonly dir: string
  /** File name of the feed, made safe. */
  readonly stem: string
}

const Note = z.object({
  url: z.string(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})
type Note = z.infer<typeof Note>

const noteLimitBytes = 16 * 1024
const feedLimitBytes = 8 * 1024 ** 3

/** Brings the copy of one file up to date: asks only whether it changed, and takes up a download that broke off. */
export async function fetchFeed(url: string, file: string, dir: string, context: Context): Promise<FeedOutcome> {
  const place: Place = { url, dir, stem: encodeURIComponent(file) }
  const before = await copyFrom(place)
  const seen: { status?: number } = {}
  try {
    await mkdir(dir, { recursive: true })
    const part = await pull(place, before?.note, seen, context)
    return { kind: 'fetched', copy: await keepPart(place, part) }
  } catch (error) {
    context.signal.throwIfAborted()
    if (seen.status === 304 && before !== undefined) return { kind: 'unchanged', copy: before.copy }
    const problem = error instanceof Problem ? error : storageProblem(dir, error)
    if (before !== undefined) return { kind: 'kept', copy: before.copy, problem }
    return { kind: seen.status === 404 || seen.status === 410 ? 'absent' : 'failed', problem }
  }
}

/** Downloads into the part file; answers with what the server said of it. */
async function pull(
  place: Place,
  before: Note | undefined,
  seen: { status?: number },
  context: Context,
): Promise<Note> {
  const part = await partOf(place)
  try {
    return await pullFrom(place, part, part === undefined ? conditions(place, before) : resumption(part.note), {
      seen,
      context,
    })
  } catch (error) {
    if (!(error instanceof StalePart)) throw error
    await rm(partPath(place), { force: true })
    return pullFrom(place, undefined, conditions(place, before), { seen, context })
  }
}

/** The file changed since its part was downloaded. */
class StalePart extends Error {}

async function pullFrom(
  place: Place,
  part: { readonly note: Note; readonly bytes: number } | undefined,
  headers: Record<string, string>,
  { seen, context }: { readonly seen: { status?: number }; readonly context: Context },
): Promise<Note> {
  let note = part?.note
  let total: number | undefined
  async function send(address: string | URL, options: RequestOptions): Promise<HttpResponse> {
    const response = await request(address, options)
    seen.status = response.status
    if (response.status !== 200 && response.status !== 206) return response
    const said = noteOf(place, response)
    total ??= sizeOf(response)
    if (part !== undefined && validatorOf(said) !== validatorOf(part.note)) {
      response[Symbol.dispose]()
      throw new StalePart()
    }
    if (note === undefined) await writeWhole(`${partPath(place)}.json`, JSON.stringify(said))
    note ??= said
    return response
  }
  const { signal, env } = context
  const from = part?.bytes ?? 0
  let done = from
  const chunks = download(place.url, { signal, env, headers, from, send, maxBodyBytes: feedLimitBytes })
  let file: Awaited<ReturnType<typeof open>> | undefined
  try {
    for await (const chunk of chunks) {
      file ??= await open(partPath(place), from === 0 ? 'w' : 'a')
      await file.writeFile(chunk)
      done += chunk.byteLength
      context.progress({ task: place.url, done, total, unit: 'bytes' })
    }
    file ??= await open(partPath(place), from === 0 ? 'w' : 'a')
    await file.sync()
  } finally {
    await file?.close()
  }
  context.progress({ task: place.url, done, total, unit: 'bytes', finished: true })
  return note ?? { url: place.url }
}

/** The note is written after the data it speaks of, and data has its digest for a name: one never belongs to another. */
async function keepPart(place: Place, note: Note): Promise<FeedCopy> {
  const { digest, bytes } = await digestOf(partPath(place))
  const copy = { path: dataPath(place, digest), sha256: digest, bytes, changedAt: changeOf(note) }
  await rename(partPath(place), copy.path)
  await writeWhole(notePath(place), JSON.stringify({ ...note, sha256: digest }))
  await rm(`${partPath(place)}.json`, { force: true })
  for (const name of await readdir(place.dir)) {
    const isOld = name.startsWith(`${place.stem}.data-`) && join(place.dir, name) !== copy.path
    if (isOld) await rm(join(place.dir, name), { force: true })
  }
  return copy
}

async function copyFrom(place: Place): Promise<{ note: Note; copy: FeedCopy } | undefined> {
  const note = readNote(notePath(place))
  if (note?.sha256 === undefined) return undefined
  const path = dataPath(place, note.sha256)
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isFile() !== true) return undefined
  return { note, copy: { path, sha256: note.sha256, bytes: stats.size, changedAt: changeOf(note) } }
}

/** A part is of use only where the server gave it a name that it can be asked for again. */
async function partOf(place: Place): Promise<{ note: Note; bytes: number } | undefined> {
  const note = readNote(`${partPath(place)}.json`)
  const stats = await stat(partPath(place)).catch(() => undefined)
  if (stats !== undefined && stats.size > 0 && note?.url === place.url && validatorOf(note) !== undefined) {
    return { note, bytes: stats.size }
  }
  await rm(partPath(place), { force: true })
  return undefined
}

function conditions(place: Place, before: Note | undefined): Record<string, string> {
  if (before?.url !== place.url) return {}
  return {
    ...(before.etag === undefined ? {} : { 'if-none-match': before.etag }),
    ...(before.lastModified === undefined ? {} : { 'if-modified-since': before.lastModified }),
  }
}

function resumption(part: Note): Record<string, string> {
  const validator = validatorOf(part)
  return validator === undefined ? {} : { 'if-range': validator }
}

/** RFC 9110 section 13.1.5: weak entity tags do not belong into If-Range. */
function validatorOf({ etag, lastModified }: Note): string | undefined {
  return etag !== undefined && !etag.startsWith('W/') ? etag : lastModified
}

function noteOf({ url }: Place, { headers: { etag, 'last-modified': lastModified } }: HttpResponse): Note {
  return { url, ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) }
}

function sizeOf({ status, headers }: HttpResponse): number | undefined {
  const text = status === 206 ? headers['content-range']?.split('/')[1] : headers['content-length']
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function changeOf({ lastModified = '' }: Note): Date | undefined {
  const date = new Date(lastModified)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function readNote(path: string): Note | undefined {
  try {
    const bytes = readFileIfPresent(path, noteLimitBytes)
    return bytes === undefined ? undefined : parseJson(Note, bytes.toString(), path)
  } catch {
    return undefined
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text, { flush: true })
  await rename(`${path}.tmp`, path)
}

async function digestOf(path: string): Promise<{ digest: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    if (!(chunk instanceof Uint8Array)) continue
    hash.update(chunk)
    bytes += chunk.byteLength
  }
  return { digest: hash.digest('hex'), bytes }
}

function storageProblem(dir: string, cause: unknown): Problem {
  return new Problem('target_unreachable', 'the download cannot be stored', {
    at: dir,
    cause,
    hint: 'Check space and permissions.',
  })
}

function partPath({ dir, stem }: Place): string {
  return join(dir, `${stem}.part`)
}

function notePath({ dir, stem }: Place): string {
  return join(dir, `${stem}.json`)
}

function dataPath({ dir, stem }: Place, digest: string): string {
  return join(dir, `${stem}.data-${digest}`)
}
