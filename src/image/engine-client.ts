import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseJson } from '#kit/json.ts'
import { readAll } from '#kit/limits.ts'
import type { Platform } from '#model/image.ts'

/** A Docker Engine or Podman service that listens on a unix socket of this machine. */
export interface Engine {
  readonly kind: 'docker-engine' | 'podman-engine'
  /** For the user: `the Docker Engine`. */
  readonly title: string
  readonly socketPath: string
}

/** What an engine says of an image it has. */
export interface EngineImage {
  readonly id: string
  readonly os?: string | undefined
  readonly architecture?: string | undefined
  readonly variant?: string | undefined
}

/** What an engine says of a container it has. */
export interface EngineContainer {
  readonly id: string
  /** What the image was called that it was made from. */
  readonly image?: string | undefined
}

const answerMs = 15_000
/** Older engines write the whole image to their disk before the first byte. */
const exportMs = 15 * 60_000
const silenceMs = 5 * 60_000
const answerBytes = 4 * 1024 ** 2

const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined)
const InspectedImage = z.object({ Id: z.string(), Os: text, Architecture: text, Variant: text })
const InspectedContainer = z.object({
  Id: z.string(),
  Config: z.object({ Image: text }).nullish(),
  ImageName: text,
})
const EngineError = z.object({ message: z.string() })

/** Asks whether the engine has an image by this reference or id; `undefined` when it says no. */
export async function inspectImage(
  engine: Engine,
  reference: string,
  { platform, signal }: { readonly platform: Platform | undefined; readonly signal: AbortSignal },
): Promise<EngineImage | undefined> {
  const path = imagePath(engine, reference, 'json', platform)
  const response = await get(engine, path, { headersMs: answerMs, signal })
  const body = (await readAll(bodyOf(response, engine, signal), answerBytes, engine.socketPath)).toString()
  if (response.statusCode === 404) return undefined
  if (response.statusCode !== 200) throw refusal(engine, response, body)
  const { Id, Os, Architecture, Variant } = parseJson(InspectedImage, body, `${engine.title}: ${reference}`)
  return { id: Id, os: Os, architecture: Architecture, variant: Variant }
}

/** Asks whether the engine has a container by this name or id, running or not; `undefined` when it says no. */
export async function inspectContainer(
  engine: Engine,
  name: string,
  signal: AbortSignal,
): Promise<EngineContainer | undefined> {
  const response = await get(engine, containerPath(engine, name, 'json'), { headersMs: answerMs, signal })
  const body = (await readAll(bodyOf(response, engine, signal), answerBytes, engine.socketPath)).toString()
  if (response.statusCode === 404) return undefined
  if (response.statusCode !== 200) throw refusal(engine, response, body)
  const { Id, Config, ImageName } = parseJson(InspectedContainer, body, `${engine.title}: ${name}`)
  return { id: Id, image: ImageName ?? Config?.Image }
}

/** The file system of a container as a tar archive, as it is now. Ends the request when iteration stops. */
export function exportContainer(engine: Engine, id: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  return streamOf(engine, containerPath(engine, id, 'export'), signal)
}

/** The image as `docker save` would write it, straight from the socket. Ends the request when iteration stops. */
export async function* exportImage(
  engine: Engine,
  reference: string,
  { platform, signal }: { readonly platform: Platform | undefined; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  yield* streamOf(engine, imagePath(engine, reference, 'get', platform), signal)
}

async function* streamOf(engine: Engine, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const response = await get(engine, path, { headersMs: exportMs, signal })
  if (response.statusCode !== 200) {
    const body = (await readAll(bodyOf(response, engine, signal), answerBytes, engine.socketPath)).toString()
    throw refusal(engine, response, body)
  }
  yield* bodyOf(response, engine, signal)
}

/** Names that a path of the engine's API can hold; everything else cannot name an image. */
export function isEngineReference(reference: string): boolean {
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,511}$/.test(reference)
  return isPlain && !reference.split('/').some((part) => part === '' || part === '.' || part === '..')
}

function containerPath(engine: Engine, name: string, action: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/.test(name)) {
    throw new Problem('usage', `${JSON.stringify(name)} cannot name a container`, { at: engine.title })
  }
  return `/containers/${name}/${action}`
}

function imagePath(engine: Engine, reference: string, action: string, platform: Platform | undefined): string {
  if (!isEngineReference(reference)) {
    throw new Problem('usage', `${JSON.stringify(reference)} cannot name an image`, { at: engine.title })
  }
  // Understood by engines since API 1.48, passed over by older ones.
  const query = platform === undefined ? '' : `?platform=${encodeURIComponent(JSON.stringify(platform))}`
  return `/images/${reference}/${action}${query}`
}

async function get(
  engine: Engine,
  path: string,
  { headersMs, signal }: { readonly headersMs: number; readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  signal.throwIfAborted()
  const waiting = AbortSignal.timeout(headersMs)
  const sent = request({
    socketPath: engine.socketPath,
    path,
    headers: { host: 'localhost', connection: 'close' },
    maxHeaderSize: 64 * 1024,
    signal,
  })
  try {
    return await responseTo(sent, waiting)
  } catch (cause) {
    signal.throwIfAborted()
    throw unreachable(engine, cause, waiting.aborted ? headersMs : undefined)
  }
}

function responseTo(sent: ClientRequest, waiting: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const giveUp = () => sent.destroy(new Error('no answer in time'))
    waiting.addEventListener('abort', giveUp, { once: true })
    sent.once('response', (response) => {
      waiting.removeEventListener('abort', giveUp)
      resolve(response)
    })
    sent.on('error', reject)
    sent.end()
  })
}

async function* bodyOf(response: IncomingMessage, engine: Engine, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  response.setTimeout(silenceMs, () => response.destroy(new Error('fell silent')))
  try {
    for await (const chunk of response) yield chunk
  } catch (cause) {
    signal.throwIfAborted()
    throw new Problem('target_unreachable', `${engine.title} broke off in the middle of its answer`, {
      at: engine.socketPath,
      cause,
    })
  } finally {
    response.destroy()
  }
}

function refusal(engine: Engine, response: IncomingMessage, body: string): Problem {
  const parsed = EngineError.safeParse(safeJson(body))
  const reason = parsed.success ? parsed.data.message.slice(0, 500) : 'no reason given'
  return new Problem('target_unreachable', `${engine.title} answered ${response.statusCode}: ${reason}`, {
    at: engine.socketPath,
  })
}

function safeJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const absent: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR'])

function unreachable(engine: Engine, cause: unknown, waitedMs: number | undefined): Problem {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'EACCES' || code === 'EPERM') {
    return new Problem('not_authorised', `${engine.title} may not be used: permission denied`, {
      at: engine.socketPath,
      cause,
      hint: 'Run as a user who may use the engine, or save the image to an archive and scan that.',
    })
  }
  if (absent.has(code)) {
    return new Problem('target_unreachable', `${engine.title} is not running`, { at: engine.socketPath, cause })
  }
  const happened = waitedMs === undefined ? `failed (${code || String(cause)})` : `did not answer within ${waitedMs} ms`
  return new Problem('target_unreachable', `${engine.title} ${happened}`, { at: engine.socketPath, cause })
}
