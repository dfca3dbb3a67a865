import { Problem } from './errors.ts'
import { drain, isTransient, type RequestOptions, refusal, request } from './http.ts'
import { ConnectionFailure, type HttpResponse } from './http-exchange.ts'

export interface DownloadOptions extends RequestOptions {
  /** First byte wanted. */
  readonly from?: number | undefined
  /** True when the address can only ever mean the same bytes: then a download resumes without a validator. */
  readonly isImmutable?: boolean | undefined
  /** How often a dropped connection is taken up again; of these only few in a row may have brought nothing. */
  readonly resumes?: number | undefined
  /** Sends a request in place of `request`, for callers that must authorise each one. */
  readonly send?: ((address: string | URL, options: RequestOptions) => Promise<HttpResponse>) | undefined
}

/** What the first answer said the content is, so that a later answer cannot be about something else. */
interface Validator {
  readonly field: 'etag' | 'last-modified'
  readonly value: string
}

interface State {
  /** Position of the next byte to hand out. */
  offset: number
  validator: Validator | undefined
  hasStarted: boolean
}

/** Attempts in a row that may bring nothing: what had come in is lost with a connection that drops at once. */
const fruitlessLimit = 2

/** Streams a body, taking it up where it broke off when the connection drops. Throws `refusal` of any other status. */
export async function* download(address: string | URL, options: DownloadOptions): AsyncGenerator<Uint8Array> {
  const state: State = { offset: options.from ?? 0, validator: undefined, hasStarted: false }
  const end = state.offset + (options.maxBodyBytes ?? Number.POSITIVE_INFINITY)
  let resumesLeft = options.resumes ?? 8
  let fruitless = 0
  for (;;) {
    const before = state.offset
    try {
      using response = await ask(address, options, state)
      if (response === undefined) return
      for await (const chunk of wantedPart(response, state)) {
        state.offset += chunk.byteLength
        if (state.offset > end) throw tooLong(response)
        yield chunk
      }
      if (isWhole(response, state.offset)) return
      throw incomplete(response)
    } catch (error) {
      options.signal.throwIfAborted()
      fruitless = state.offset > before ? 0 : fruitless + 1
      const isWorthwhile = isTransient(error) && fruitless <= fruitlessLimit && resumesLeft > 0
      if (!isWorthwhile || !canResume(state, options)) throw error
      resumesLeft -= 1
    }
  }
}

/** What has begun can only go on when the rest is known to be of the same file. */
function canResume({ offset, validator }: State, { from = 0, isImmutable }: DownloadOptions): boolean {
  return offset === from || validator !== undefined || isImmutable === true
}

/** Undefined when there is nothing left to read. */
async function ask(address: string | URL, options: DownloadOptions, state: State): Promise<HttpResponse | undefined> {
  const response = await (options.send ?? request)(address, {
    ...options,
    headers: { ...options.headers, ...rangeHeaders(state) },
  })
  const { status, headers } = response
  if (status === 416 && state.offset > 0 && totalOf(headers['content-range']) === state.offset) {
    await drain(response)
    return undefined
  }
  if (status !== 200 && status !== 206) {
    await drain(response)
    throw refusal(response)
  }
  const validator = validatorOf(headers)
  if (state.hasStarted && options.isImmutable !== true && validator?.value !== state.validator?.value) {
    response[Symbol.dispose]()
    throw changed(response)
  }
  state.validator ??= validator
  state.hasStarted = true
  return response
}

function rangeHeaders({ offset, validator }: State): Record<string, string> {
  if (offset === 0) return {}
  const range = { range: `bytes=${offset}-` }
  return validator === undefined ? range : { ...range, 'if-range': validator.value }
}

/** RFC 9110 section 13.1.5: weak entity tags do not belong into If-Range. */
function validatorOf(headers: HttpResponse['headers']): Validator | undefined {
  const { etag, 'last-modified': lastModified } = headers
  if (etag !== undefined && !etag.startsWith('W/')) return { field: 'etag', value: etag }
  return lastModified === undefined ? undefined : { field: 'last-modified', value: lastModified }
}

/** The bytes from `offset` on, also when the server answered with more than was asked for. */
async function* wantedPart(response: HttpResponse, { offset }: State): AsyncGenerator<Uint8Array> {
  let position = response.status === 206 ? startOf(response, offset) : 0
  for await (const chunk of response.body) {
    const skipped = Math.min(chunk.byteLength, Math.max(0, offset - position))
    position += chunk.byteLength
    if (skipped < chunk.byteLength) yield chunk.subarray(skipped)
  }
  if (position < offset) throw changed(response)
}

/** A server may send less than the whole rest and say so. */
function isWhole({ status, headers }: HttpResponse, offset: number): boolean {
  const total = /\/(\d{1,15})$/.exec(headers['content-range'] ?? '')?.[1]
  return status !== 206 || total === undefined || offset >= Number(total)
}

function startOf(response: HttpResponse, offset: number): number {
  const { 'content-range': range = '' } = response.headers
  const start = Number(/^bytes (\d{1,15})-\d{1,15}\/(?:\d{1,15}|\*)$/.exec(range)?.[1] ?? Number.NaN)
  if (start <= offset) return start
  throw new Problem('target_unreachable', 'the server sent another part of the file than was asked for', {
    at: response.url,
    hint: 'Try again; a proxy may be at fault.',
  })
}

function totalOf(range = ''): number | undefined {
  const total = /^bytes \*\/(\d{1,15})$/.exec(range)?.[1]
  return total === undefined ? undefined : Number(total)
}

function incomplete(response: HttpResponse): Problem {
  return new Problem('target_unreachable', 'the server sends only a part of the file', {
    at: response.url,
    hint: 'Try again; a proxy may be at fault.',
    cause: new ConnectionFailure('PARTIAL', 'lost'),
  })
}

function tooLong({ url: at }: HttpResponse): Problem {
  return new Problem('limit_exceeded', 'the download is longer than allowed', { at, hint: 'Check the address.' })
}

function changed(response: HttpResponse): Problem {
  return new Problem('target_unreachable', 'the file changed while it was downloaded', {
    at: response.url,
    hint: 'Try again.',
  })
}
