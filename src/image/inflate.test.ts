import { randomBytes } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { type Chunks, readAll } from '#kit/limits.ts'
import { inflate } from './inflate.ts'

const limits = { layerBytes: 64 * 1024 ** 2, ratio: 400, ratioFromBytes: 1024 ** 2 }
const { signal } = new AbortController()
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
const noise = randomBytes(300_000)
const text = Buffer.from('some text, again and again. '.repeat(20_000))

const packings: Record<string, { readonly blob: Buffer; readonly content: Buffer }> = {
  'an uncompressed stream': { blob: noise, content: noise },
  'a stream of fewer bytes than a magic number': { blob: Buffer.from('abc'), content: Buffer.from('abc') },
  nothing: { blob: Buffer.alloc(0), content: Buffer.alloc(0) },
  gzip: { blob: gzipSync(text), content: text },
  'gzip of nothing': { blob: gzipSync(''), content: Buffer.alloc(0) },
  'gzip of many members': {
    blob: Buffer.concat([gzipSync(text), gzipSync(''), gzipSync(noise), gzipSync('end')]),
    content: Buffer.concat([text, noise, Buffer.from('end')]),
  },
  'gzip and padding': { blob: Buffer.concat([gzipSync(text), Buffer.alloc(2000)]), content: text },
  zstd: { blob: zstdCompressSync(text), content: text },
  'zstd with a checksum': { blob: zstdCompressSync(noise, { params: { 201: 1 } }), content: noise },
  'zstd of many frames, some to be skipped': {
    blob: Buffer.concat([
      skippable,
      zstdCompressSync(text),
      zstdCompressSync(''),
      skippable,
      zstdCompressSync(noise),
      skippable,
    ]),
    content: Buffer.concat([text, noise]),
  },
}

function inflated(blob: Chunks, settings: Partial<typeof limits> = {}): Promise<Buffer> {
  return readAll(inflate(blob, { name: 'layer 3', limits: { ...limits, ...settings }, signal }), 1024 ** 3)
}

async function failure(blob: Chunks, settings?: Partial<typeof limits>): Promise<unknown> {
  const outcome = await inflated(blob, settings).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(Error)
  return outcome
}

function cut(blob: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(blob.length / size) }, (_, index) =>
    blob.subarray(index * size, (index + 1) * size),
  )
}

describe('a blob is inflated by what it is', () => {
  it.each(Object.entries(packings))('%s', async (_, { blob, content }) => {
    expect((await inflated([blob])).equals(content)).toBe(true)
  })

  it.each(Object.entries(packings))('%s, in chunks of any size', async (_, { blob, content }) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70_000 }), async (size) => {
        expect((await inflated(cut(blob, Math.max(size, blob.length >> 12)))).equals(content)).toBe(true)
      }),
      { numRuns: 8 },
    )
  })

  it.each(['gzip', 'zstd'])('%s, byte by byte', async (kind) => {
    const blob = kind === 'gzip' ? gzipSync('small') : zstdCompressSync('small')
    expect((await inflated(cut(Buffer.concat([blob, blob]), 1))).toString()).toBe('smallsmall')
  })

  it('in chunks of 256 KiB at most', async () => {
    for (const blob of [
      Buffer.alloc(2 ** 20),
      gzipSync(Buffer.alloc(2 ** 20)),
      zstdCompressSync(Buffer.alloc(2 ** 20)),
    ]) {
      for await (const chunk of inflate([blob], { name: 'layer 3', limits, signal })) {
        expect(chunk.length).toBeLessThanOrEqual(256 * 1024)
      }
    }
  })
})

describe('damage is malformed, never a shorter answer', () => {
  const gzip = gzipSync(text)
  const zstd = zstdCompressSync(text)
  it.each([
    ['gzip cut off', gzip.subarray(0, -1)],
    ['gzip cut off in its header', gzip.subarray(0, 5)],
    ['gzip whose second member is cut off', Buffer.concat([gzip, gzip.subarray(0, 30)])],
    ['gzip with a flipped bit', Buffer.from(gzip).fill(0xff, 40, 41)],
    ['gzip with a wrong checksum', Buffer.from(gzip).fill(0x55, gzip.length - 8, gzip.length - 4)],
    ['gzip with garbage after it', Buffer.concat([gzip, Buffer.from('garbage')])],
    ['gzip with a member hidden after padding', Buffer.concat([gzip, Buffer.alloc(100), gzip])],
    ['zstd cut off', zstd.subarray(0, -1)],
    ['zstd cut off in its header', zstd.subarray(0, 5)],
    ['zstd whose second frame is cut off', Buffer.concat([zstd, zstd.subarray(0, 30)])],
    ['zstd whose second frame has half a magic number', Buffer.concat([zstd, zstd.subarray(0, 2)])],
    ['zstd with a skippable frame cut off', Buffer.concat([zstd, skippable.subarray(0, 9)])],
    ['zstd with garbage after it', Buffer.concat([zstd, Buffer.from('garbage')])],
    ['zstd with zeros after it', Buffer.concat([zstd, Buffer.alloc(100)])],
    ['bzip2', Buffer.from('425a6839314159265359', 'hex')],
    ['xz', Buffer.from('fd377a585a000004e6d6b446', 'hex')],
  ])('%s', async (_, blob) => {
    for (const size of [1, 1000, blob.length]) {
      const chunks = cut(blob, Math.max(size, blob.length >> 12))
      expect(await failure(chunks)).toMatchObject({ code: 'malformed', message: expect.stringContaining('layer 3') })
    }
  })
})

describe('bombs meet a limit', () => {
  it.each([
    ['plain', [Buffer.alloc(2000)]],
    ['gzip', [gzipSync(Buffer.alloc(2000))]],
    ['zstd', [zstdCompressSync(Buffer.alloc(2000))]],
  ])('of bytes: %s', async (_, blob) => {
    expect(await failure(blob, { layerBytes: 1999 })).toMatchObject({
      code: 'limit_exceeded',
      message: 'layer 3 has more than 1999 bytes',
    })
  })

  it.each([
    ['gzip', gzipSync(Buffer.alloc(4 * 1024 ** 2))],
    ['zstd', zstdCompressSync(Buffer.alloc(4 * 1024 ** 2))],
  ])('of ratio, once enough has come out: %s', async (_, blob) => {
    expect(await failure([blob], { ratio: 100 })).toMatchObject({
      code: 'limit_exceeded',
      message: 'layer 3 inflates to more than 100 times its size',
    })
    expect(await inflated([blob], { ratio: 100, ratioFromBytes: 8 * 1024 ** 2 })).toHaveLength(4 * 1024 ** 2)
  })
})

describe('the source', () => {
  const blobs = { plain: noise, gzip: gzipSync(noise), zstd: zstdCompressSync(noise) }

  it.each(Object.entries(blobs))('is read to its end: %s', async (_, blob) => {
    const read = { chunks: 0 }
    function* source(): Generator<Buffer> {
      for (const chunk of cut(blob, 10_000)) {
        read.chunks += 1
        yield chunk
      }
    }
    await inflated(source())
    expect(read.chunks).toBe(Math.ceil(blob.length / 10_000))
  })

  it('is read on behind the padding of gzip, where a decoder stops', async () => {
    let read = 0
    function* source(): Generator<Buffer> {
      yield gzipSync('content')
      for (read = 0; read < 50; read += 1) yield Buffer.alloc(1000)
    }
    expect((await inflated(source())).toString()).toBe('content')
    expect(read).toBe(50)
  })

  it.each(Object.entries(blobs))('is closed when the loop is left: %s', async (...[, blob]) => {
    let isClosed = false
    function* source(): Generator<Buffer> {
      try {
        yield* cut(blob, 1000)
      } finally {
        isClosed = true
      }
    }
    for await (const _ of inflate(source(), { name: 'layer 3', limits, signal })) break
    expect(isClosed).toBe(true)
  })

  it.each(Object.entries(blobs))('keeps its own failure: %s', async (_, blob) => {
    const broken = new Problem('target_unreachable', 'the registry went away')
    function* source(): Generator<Buffer> {
      yield blob.subarray(0, 5000)
      throw broken
    }
    expect(await failure(source())).toBe(broken)
  })

  it.each(Object.entries(blobs))('that is stuck is given up when the caller aborts: %s', async (_, blob) => {
    const caller = new AbortController()
    async function* source(): AsyncGenerator<Buffer> {
      yield blob.subarray(0, 5000)
      setTimeout(() => caller.abort(new Error('enough')), 5)
      await new Promise(() => undefined)
    }
    const reading = readAll(inflate(source(), { name: 'layer 3', limits, signal: caller.signal }), 1024 ** 2)
    await expect(reading).rejects.toThrow('enough')
  })
})
