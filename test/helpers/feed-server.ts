import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Feeds extends AsyncDisposable {
  readonly url: string
  readonly files: Map<string, string | Uint8Array>
  /** Bytes after which a connection is cut, by path. */
  readonly cuts: Map<string, number>
  /** Paths where a cut connection stays open and silent instead. */
  readonly stalls: Set<string>
  readonly log: string[]
}

/** A static file server: ETag, If-None-Match, Range, If-Range. */
export async function serveFeeds(): Promise<Feeds> {
  const files = new Map<string, string | Uint8Array>()
  const cuts = new Map<string, number>()
  const stalls = new Set<string>()
  const log: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const body = files.get(path)
    log.push(`${path}${request.headers.range === undefined ? '' : ` ${request.headers.range}`}`)
    if (body === undefined) response.writeHead(404).end()
    else
      answer(request, response, typeof body === 'string' ? Buffer.from(body) : body, {
        cut: cuts.get(path),
        stalls: stalls.delete(path),
      })
    cuts.delete(path)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    files,
    cuts,
    stalls,
    log,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array,
  { cut, stalls }: { readonly cut: number | undefined; readonly stalls: boolean },
): void {
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end()
    return
  }
  const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
  const start = isSame ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0
  const rest = body.subarray(start)
  const range = start === 0 ? {} : { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }
  response.writeHead(start === 0 ? 200 : 206, { etag, 'content-length': rest.length, ...range })
  if (cut === undefined) response.end(rest)
  else response.write(rest.subarray(0, cut), () => void (stalls || setTimeout(() => response.destroy(), 250)))
}
