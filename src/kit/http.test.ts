import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { download } from './download.ts'
import { type Clock, type RequestOptions, refusal, request } from './http.ts'
import { readAll } from './limits.ts'

const servers: Server[] = []
const slept: number[] = []
const clock: Clock = {
  now: () => new Date('2026-01-01T00:00:00Z'),
  random: () => 0,
  sleep: async (ms) => {
    slept.push(ms)
  },
}
const options: RequestOptions = { signal: new AbortController().signal, env: {}, clock }

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  slept.length = 0
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function text(url: string, more: Partial<RequestOptions> = {}): Promise<string> {
  using response = await request(url, { ...options, ...more })
  return (await readAll(response.body, 1_000_000)).toString()
}

async function whole(url: string, more: Partial<Parameters<typeof download>[1]> = {}): Promise<string> {
  return (await readAll(download(url, { ...options, ...more }), 1_000_000)).toString()
}

describe('request', () => {
  it('answers with status, headers and body', async () => {
    const url = await serve((_, response) => response.writeHead(404, { 'X-Thing': 'yes' }).end('gone'))
    using response = await request(url, options)
    expect(response.status).toBe(404)
    expect(response.headers['x-thing']).toBe('yes')
    expect((await readAll(response.body, 100)).toString()).toBe('gone')
  })

  it('sends method, headers and body', async () => {
    const url = await serve((incoming, response) => {
      incoming.pipe(
        response.writeHead(200, { 'x-method': incoming.method, 'x-kind': incoming.headers['content-type'] }),
      )
    })
    using response = await request(url, {
      ...options,
      method: 'POST',
      body: 'a=b',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
    expect(response.headers).toMatchObject({ 'x-method': 'POST', 'x-kind': 'application/x-www-form-urlencoded' })
    expect((await readAll(response.body, 100)).toString()).toBe('a=b')
  })

  it('keeps credentials on the same origin and drops them on another', async () => {
    const seen: Record<string, unknown> = {}
    const other = await serve((incoming, response) => {
      seen['other'] = [incoming.headers.authorization, incoming.headers.cookie, incoming.headers['x-registry-auth']]
      response.end('blob')
    })
    const url = await serve((incoming, response) => {
      seen[incoming.url ?? ''] = incoming.headers.authorization
      response.writeHead(307, { location: incoming.url === '/a' ? '/b' : `${other}/c` }).end()
    })
    const headers = { Authorization: 'Bearer secret', cookie: 'a=b', 'x-registry-auth': 'secret' }
    expect(await text(`${url}/a`, { headers })).toBe('blob')
    expect(seen).toEqual({
      '/a': 'Bearer secret',
      '/b': 'Bearer secret',
      other: [undefined, undefined, undefined],
    })
  })

  it('does not send credentials again when a redirect comes back', async () => {
    const back: (string | undefined)[] = []
    const home: { url?: string } = {}
    const other = await serve((_, response) => response.writeHead(302, { location: `${home.url}/end` }).end())
    home.url = await serve((incoming, response) => {
      back.push(incoming.headers.authorization)
      if (incoming.url === '/end') response.end('done')
      else response.writeHead(302, { location: other }).end()
    })
    expect(await text(`${home.url}/start`, { headers: { authorization: 'Basic x' } })).toBe('done')
    expect(back).toEqual(['Basic x', undefined])
  })

  it.each([
    ['ftp://127.0.0.1/x', 'to a place that is not http'],
    ['http://[bad', 'to a place that is not http'],
  ])('refuses a redirect to %s', async (location, message) => {
    const url = await serve((_, response) => response.writeHead(302, { location }).end())
    await expect(text(url)).rejects.toMatchObject({
      code: 'target_unreachable',
      message: expect.stringContaining(message),
    })
  })

  it('stops after too many redirects', async () => {
    let hits = 0
    const url = await serve((_, response) => {
      hits += 1
      response.writeHead(302, { location: `/${hits}` }).end()
    })
    await expect(text(url, { maxRedirects: 3 })).rejects.toMatchObject({ code: 'target_unreachable' })
    expect(hits).toBe(4)
  })

  it.each([
    ['2', 2000],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7000],
    ['soon', 125],
  ])('waits for Retry-After: %s', async (value, ms) => {
    let hits = 0
    const url = await serve((_, response) => {
      hits += 1
      response.writeHead(hits === 1 ? 429 : 200, { 'retry-after': value }).end('ok')
    })
    expect(await text(url)).toBe('ok')
    expect(slept).toEqual([ms])
  })

  it('does not wait when Retry-After is beyond patience', async () => {
    const url = await serve((_, response) => response.writeHead(429, { 'retry-after': '86400' }).end())
    using response = await request(url, options)
    expect(response.status).toBe(429)
    expect(slept).toEqual([])
  })

  it('tries a bounded number of times, more slowly each time', async () => {
    let hits = 0
    const url = await serve((_, response) => {
      hits += 1
      response.writeHead(503).end()
    })
    using response = await request(url, options)
    expect(response.status).toBe(503)
    expect(hits).toBe(4)
    expect(slept).toEqual([125, 250, 500])
  })

  it('tries again when the connection is lost before the answer', async () => {
    let hits = 0
    const url = await serve((incoming, response) => {
      hits += 1
      if (hits < 3) incoming.socket.destroy()
      else response.end('ok')
    })
    expect(await text(url)).toBe('ok')
  })

  it('sends a POST only once', async () => {
    let hits = 0
    const url = await serve((incoming) => {
      hits += 1
      incoming.socket.destroy()
    })
    await expect(text(url, { method: 'POST', body: 'x' })).rejects.toMatchObject({ code: 'target_unreachable' })
    expect(hits).toBe(1)
  })

  it('does not wait for headers for ever', async () => {
    const url = await serve(() => {})
    await expect(text(url, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'target_unreachable' })
  })

  it('does not wait for a body that stalls', async () => {
    const url = await serve((_, response) => void response.write('some'))
    await expect(text(url, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'target_unreachable' })
  })

  it('does not put up with a body that drips for ever', async () => {
    const url = await serve((_, response) => {
      const timer = setInterval(() => response.write('.'), 10)
      response.on('close', () => clearInterval(timer))
    })
    await expect(text(url, { timeoutMs: 200 })).rejects.toMatchObject({
      message: expect.stringContaining('too slowly'),
    })
  })

  it('refuses a body beyond the limit', async () => {
    const url = await serve((_, response) => response.end('12345'))
    await expect(text(url, { maxBodyBytes: 4 })).rejects.toMatchObject({ code: 'limit_exceeded' })
    expect(await text(url, { maxBodyBytes: 5 })).toBe('12345')
  })

  it('refuses endless headers', async () => {
    const url = await serve((_, response) => response.writeHead(200, { 'x-long': 'x'.repeat(70_000) }).end())
    await expect(text(url)).rejects.toMatchObject({ code: 'limit_exceeded' })
  })

  it('stops when it is aborted, with the reason given', async () => {
    const controller = new AbortController()
    const url = await serve(() => controller.abort(new Error('enough')))
    await expect(text(url, { signal: controller.signal })).rejects.toThrow('enough')
  })

  it('stops a body when it is aborted', async () => {
    const controller = new AbortController()
    const url = await serve((_, response) => void response.write('x'))
    using response = await request(url, { ...options, signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 20)
    await expect(readAll(response.body, 100)).rejects.toThrow('enough')
  })

  it('turns user and password of an address into a header and never prints them', async () => {
    const url = await serve((incoming, response) => response.end(incoming.headers.authorization))
    const withUser = url.replace('//', '//user:pa%40ss@')
    expect(await text(withUser)).toBe(`Basic ${Buffer.from('user:pa@ss').toString('base64')}`)
    const problem = await text(withUser.replace(/\d+$/, '1')).catch((error: unknown) => error)
    expect(problem).toMatchObject({ code: 'target_unreachable', hint: expect.any(String), at: expect.any(String) })
    expect(JSON.stringify([problem, String(problem), (problem as Error).cause])).not.toMatch(/pa(?:@|%40)ss|user/)
  })

  it.each(['not an address', 'file:///etc/passwd'])('refuses the address %s', async (address) => {
    await expect(request(address, options)).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('a proxy', () => {
  it('gets requests for other hosts, and not those that NO_PROXY names', async () => {
    const proxy = await serve((incoming, response) => response.end(`proxied ${incoming.url}`))
    const target = 'http://registry.test/v2/?x=1'
    expect(await text(target, { env: { HTTP_PROXY: proxy } })).toBe(`proxied ${target}`)
    expect(await text(target, { env: { http_proxy: proxy.slice('http://'.length) } })).toBe(`proxied ${target}`)
    const direct = text(target, { env: { HTTP_PROXY: proxy, NO_PROXY: 'other,.test' }, retries: 0 })
    await expect(direct).rejects.toThrow('registry.test')
  })

  it('is not asked for loopback', async () => {
    const proxy = await serve((_, response) => response.end('proxied'))
    const url = await serve((_, response) => response.end('direct'))
    expect(await text(url, { env: { HTTP_PROXY: proxy } })).toBe('direct')
  })

  it('whose tunnel is refused is named without its password', async () => {
    const proxy = await serve(() => {})
    servers.at(-1)?.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Nope\r\n\r\n'))
    const env = { HTTPS_PROXY: proxy.replace('//', '//user:hidden@') }
    const problem = await text('https://registry.test/', { env }).catch((error: unknown) => error)
    expect(problem).toMatchObject({ code: 'target_unreachable', hint: expect.stringContaining('HTTPS_PROXY') })
    expect(JSON.stringify([problem, String(problem)])).not.toContain('hidden')
  })
})

describe('refusal', () => {
  it.each([
    [401, 'not_authorised'],
    [403, 'not_authorised'],
    [404, 'target_unreachable'],
    [429, 'target_unreachable'],
    [500, 'target_unreachable'],
  ])('makes %i a Problem(%s)', (status, code) => {
    expect(refusal({ status, headers: {}, url: 'https://host.test/x' })).toMatchObject({
      code,
      hint: expect.any(String),
    })
  })
})

describe('download', () => {
  const content = 'abcdefghijklmnopqrstuvwxyz'.repeat(4000)

  /** Sends at most `piece` bytes per connection and then drops it. */
  function dropping(piece: number, more: { etag?: () => string; ignoresRange?: boolean } = {}): RequestListener {
    return (incoming, response) => {
      const asked = more.ignoresRange === true ? undefined : /^bytes=(\d+)-$/.exec(incoming.headers.range ?? '')?.[1]
      const from = Number(asked ?? 0)
      response.writeHead(asked === undefined ? 200 : 206, {
        'content-length': content.length - from,
        ...(more.etag === undefined ? {} : { etag: more.etag() }),
        ...(asked === undefined ? {} : { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
      })
      const sent = more.ignoresRange === true ? piece * (1 + servedTimes++) : piece
      response.write(content.slice(from, from + sent), () => {
        if (from + sent >= content.length) response.end()
        else setTimeout(() => incoming.socket.destroy(), 20)
      })
    }
  }
  let servedTimes = 0

  it('resumes where the connection dropped', async () => {
    const url = await serve(dropping(30_000, { etag: () => '"v1"' }))
    expect(await whole(url)).toBe(content)
  })

  it('skips what it has when the server ignores Range', async () => {
    servedTimes = 0
    const url = await serve(dropping(30_000, { etag: () => '"v1"', ignoresRange: true }))
    expect(await whole(url)).toBe(content)
  })

  it('fails when the file changed in between', async () => {
    let version = 0
    const url = await serve(dropping(30_000, { etag: () => `"v${version++}"` }))
    await expect(whole(url)).rejects.toMatchObject({ message: expect.stringContaining('changed') })
  })

  it('does not resume without a validator, unless the content cannot change', async () => {
    const url = await serve(dropping(30_000))
    await expect(whole(url)).rejects.toMatchObject({ code: 'target_unreachable' })
    expect(await whole(url, { isImmutable: true })).toBe(content)
  })

  it('resumes a bounded number of times', async () => {
    const url = await serve(dropping(30_000, { etag: () => '"v1"' }))
    await expect(whole(url, { resumes: 2 })).rejects.toMatchObject({ code: 'target_unreachable' })
  })

  it('holds the limit over all connections together', async () => {
    const url = await serve(dropping(30_000, { etag: () => '"v1"' }))
    await expect(whole(url, { maxBodyBytes: content.length - 1 })).rejects.toMatchObject({ code: 'limit_exceeded' })
    expect(await whole(url, { maxBodyBytes: content.length })).toBe(content)
  })

  it('gives up when three connections in a row bring nothing', async () => {
    let hits = 0
    const url = await serve((incoming, response) => {
      hits += 1
      response.writeHead(200, { 'content-length': 10, etag: '"v1"' })
      response.flushHeaders()
      setTimeout(() => incoming.socket.destroy(), 10)
    })
    await expect(whole(url)).rejects.toMatchObject({ code: 'target_unreachable' })
    expect(hits).toBe(3)
  })

  it('starts in the middle when asked to', async () => {
    const url = await serve(dropping(content.length))
    expect(await whole(url, { from: 100_000 })).toBe(content.slice(100_000))
  })

  it('goes on when the server sends ranges smaller than asked', async () => {
    const url = await serve((incoming, response) => {
      const from = Number(/^bytes=(\d+)-$/.exec(incoming.headers.range ?? '')?.[1] ?? 0)
      const to = Math.min(content.length, from + 40_000)
      response
        .writeHead(206, { etag: '"v"', 'content-range': `bytes ${from}-${to - 1}/${content.length}` })
        .end(content.slice(from, to))
    })
    expect(await whole(url)).toBe(content)
  })

  it('refuses another part of the file than was asked for', async () => {
    const url = await serve((_, response) =>
      response.writeHead(206, { 'content-range': 'bytes 50-59/60' }).end('0123456789'),
    )
    await expect(whole(url, { from: 10 })).rejects.toMatchObject({ message: expect.stringContaining('another part') })
  })

  it('throws the refusal of a status', async () => {
    const url = await serve((_, response) => response.writeHead(404).end())
    await expect(whole(url)).rejects.toMatchObject({
      code: 'target_unreachable',
      message: expect.stringContaining('404'),
    })
  })
})
