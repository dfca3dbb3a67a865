import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Analyser, LayerContents, Selector } from '#image/entry.ts'
import { readingVersion } from '#image/layer.ts'
import { type LayerBlob, type LayerReader, readBlob } from '#image/layer-reader.ts'
import { type ImageLimits, imageLimits } from '#image/limits.ts'
import { selectorOf } from '#inventory/selector.ts'
import { Problem } from '#kit/errors.ts'
import { sha256 } from '../../../test/helpers/image-archive.ts'
import { type Member, tarOf } from '../../../test/helpers/tar-writer.ts'
import { cachedReader, keyOf } from './cached-reader.ts'
import { LayerCache } from './layer-cache.ts'

const signal = new AbortController().signal

/** A blob that counts how often it is read. */
function blobOf(archive: Buffer, { digest = `sha256:${sha256(archive)}`, diffId }: Partial<LayerBlob> = {}) {
  const blob = {
    name: 'layer 0',
    digest,
    diffId,
    reads: 0,
    async read<Result>(consume: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>): Promise<Result> {
      blob.reads += 1
      async function* chunks() {
        for (let at = 0; at < archive.length; at += 700) yield archive.subarray(at, at + 700)
      }
      return await consume(chunks())
    },
  }
  return blob
}

function legacyBlob(archive: Buffer, diffId: string) {
  return { ...blobOf(archive), digest: undefined, diffId }
}

/** Keeps the first bytes of files that start so; gives up on those that go on with `!`. */
function analyser(id: string, prefix: string, version = 1): Analyser {
  return {
    id,
    version,
    probe(head) {
      if (!Buffer.from(head).toString('latin1').startsWith(prefix)) return undefined
      let text = ''
      return {
        write(chunk) {
          text += Buffer.from(chunk).toString('latin1')
          if (text[prefix.length] === '!') throw new Problem('malformed', `${id} gave up`)
        },
        end: () => (text[prefix.length] === '?' ? undefined : Buffer.from(`${id} ${version} ${text}`)),
      }
    },
  }
}

const wants =
  (...names: string[]): Selector['wants'] =>
  (path) =>
    names.some((name) => path.endsWith(name))

async function withCache<Result>(
  work: (
    open: (options?: Partial<Parameters<typeof LayerCache.open>[0]>) => Promise<LayerCache>,
    path: string,
  ) => Result,
): Promise<Awaited<Result>> {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'seawall-cache-'))
  const usual = { path: dir.path, limitBytes: 10e6, note: () => undefined, now: () => new Date() }
  return await work((options) => LayerCache.open({ ...usual, ...options }), dir.path)
}

const members: Member[] = [
  { name: 'a/', type: '5', mode: 0o755 },
  { name: 'a/status', content: 'x'.repeat(2000) },
  { name: 'a/empty', content: '' },
  { name: 'a/é→', content: 'e1' },
  { name: Buffer.from('a/\xff'), content: 'elf?' },
  { name: 'a/elf', content: `elf${'y'.repeat(300)}` },
  { name: 'a/broken', content: 'elf!z' },
  { name: 'a/lock', content: `elf${'l'.repeat(70_000)}` },
  { name: 'a/link', type: '2', linkName: '../elsewhere' },
  { name: 'a/hard', type: '1', linkName: 'a/elf' },
  { name: '../refused', content: 'r' },
  { name: 'dev', type: '3', device: [1, 3] },
  { name: 'a/status', content: 'twice', uid: 2_000_000 },
]

/** With the digest in place of each content, which is compared faster. */
async function readAs(
  read: LayerReader,
  blob: LayerBlob,
  selector: Selector,
  limits: Partial<ImageLimits> = {},
): Promise<Omit<LayerContents, 'entries'> & { readonly entries: readonly unknown[] }> {
  const contents = await read(blob, { selector, limits: { ...imageLimits, ...limits }, signal })
  const entries = contents.entries.map((entry) => ({ ...entry, content: entry.content && sha256(entry.content) }))
  return { ...contents, entries }
}

describe('a layer from the cache', () => {
  it('is what reading it yields, and is not read', async () => {
    await withCache(async (open) => {
      const selector = selectorOf(wants('status', 'lock'), [analyser('e', 'e'), analyser('elf', 'elf')])
      const blob = blobOf(tarOf(members))
      const fresh = await readAs(readBlob, blob, selector)
      expect(fresh.refusals).toBe(1)
      for (let round = 0; round < 3; round += 1) {
        await using cache = await open()
        expect(await readAs(cachedReader(cache), blob, selector)).toStrictEqual(fresh)
      }
      expect(blob.reads).toBe(2)
    })
  })

  it('is always what reading it yields, whatever was asked for before', async () => {
    const contents = fc.constantFrom('', 'e', 'elf', 'elf!', 'elf?', 'e!', 'x'.repeat(90), `elf${'z'.repeat(33_000)}`)
    const names = fc.constantFrom('a', 'b', 'c/status', 'c/lock', 'c/../d', 'é', 'x/status')
    const member: fc.Arbitrary<Member> = fc.oneof(
      { weight: 5, arbitrary: fc.record({ name: names, content: contents }) },
      fc.record({ name: names, type: fc.constantFrom('1', '2'), linkName: names }),
      fc.record({ name: names, type: fc.constantFrom('3', '5', '6'), mode: fc.nat(0o7777), uid: fc.nat(2 ** 20) }),
    )
    const asked = fc.record({
      names: fc.subarray(['status', 'lock', 'a', 'é']),
      analysers: fc.subarray([
        analyser('e', 'e'),
        analyser('elf', 'elf'),
        analyser('elf', 'elf', 2),
        analyser('x', 'x'),
      ]),
      keptFileBytes: fc.constantFrom(imageLimits.keptFileBytes, 80),
      keptLayerBytes: fc.constantFrom(imageLimits.keptLayerBytes, 300),
    })
    const distinct = (analysers: readonly Analyser[]) => [...new Map(analysers.map((one) => [one.id, one])).values()]
    await fc.assert(
      fc.asyncProperty(fc.array(member, { maxLength: 12 }), fc.array(asked, { maxLength: 5 }), async (all, asks) => {
        await withCache(async (open) => {
          await using cache = await open()
          const blob = blobOf(tarOf(all))
          for (const { names: wanted, analysers, ...limits } of asks) {
            const selector = selectorOf(wants(...wanted), distinct(analysers))
            const fresh = await readAs(readBlob, blob, selector, limits)
            expect(await readAs(cachedReader(cache), blob, selector, limits)).toStrictEqual(fresh)
            expect(await readAs(cachedReader(cache), blob, selector, limits)).toStrictEqual(fresh)
          }
        })
      }),
      { numRuns: 150 },
    )
  })

  it('is read again only for what a new or a raised analyser and a new path need', async () => {
    await withCache(async (open) => {
      await using cache = await open()
      const blob = blobOf(tarOf(members))
      const asked: Selector[] = []
      const read = cachedReader(cache, (one, request) => {
        asked.push(request.selector)
        return readBlob(one, request)
      })
      const [e, elf] = [analyser('e', 'e'), analyser('elf', 'elf')]
      const paths = ['a/status', 'a/lock', 'a/elf', 'a/empty']
      const seen = () =>
        asked.splice(0).map((selector) => ({
          paths: paths.filter((path) => selector.wants(path)),
          analysers: selector.analysers?.map(({ id, version }) => `${id} ${version}`),
        }))
      await readAs(read, blob, selectorOf(wants('status'), [e]))
      expect(seen()).toEqual([{ paths: ['a/status'], analysers: ['e 1'] }])
      await readAs(read, blob, selectorOf(wants('status'), [e, elf]))
      expect(seen()).toEqual([{ paths: [], analysers: ['elf 1'] }])
      await readAs(read, blob, selectorOf(wants('lock'), [elf]))
      expect(seen()).toEqual([{ paths: ['a/lock'], analysers: [] }])
      await readAs(read, blob, selectorOf(wants('lock', 'status'), [e, elf]))
      await readAs(read, blob, selectorOf(wants('nothing', 'empty'), []))
      expect(seen()).toEqual([])
      await readAs(read, blob, selectorOf(wants('status'), [e, analyser('elf', 'elf', 2)]))
      expect(seen()).toEqual([{ paths: [], analysers: ['elf 2'] }])
    })
  })

  it('is known by what was computed, and not by what was claimed', async () => {
    await withCache(async (open) => {
      await using cache = await open()
      const [archive, other] = [tarOf(members), tarOf([{ name: 'other' }])]
      const claimed = `sha256:${sha256(other)}`
      const selector = selectorOf(wants('status'), [])
      const read = cachedReader(cache)
      await readAs(read, legacyBlob(archive, claimed), selector)
      expect(await cache.find(keyOf({ digest: undefined, diffId: claimed }, imageLimits) ?? '')).toBeUndefined()
      const honest = legacyBlob(archive, `sha256:${sha256(archive)}`)
      expect((await readAs(read, honest, selector)).diffId).toBe(honest.diffId)
      const asBlob = blobOf(archive)
      expect((await readAs(read, asBlob, selector)).diffId).toBeUndefined()
      expect(asBlob.reads).toBe(1)
    })
  })

  it('is not stored when it could not be read', async () => {
    await withCache(async (open) => {
      await using cache = await open()
      const blob = blobOf(tarOf(members).subarray(0, 3000))
      const selector = selectorOf(wants('status'), [])
      for (let round = 0; round < 2; round += 1) {
        await expect(readAs(cachedReader(cache), blob, selector)).rejects.toThrow(Problem)
      }
      expect(blob.reads).toBe(2)
    })
  })

  it('is read once by many who ask at the same time', async () => {
    await withCache(async (open) => {
      const blob = blobOf(tarOf(members))
      const selector = selectorOf(wants('status'), [analyser('e', 'e')])
      const all = await Promise.all(
        Array.from({ length: 8 }, async () => {
          await using cache = await open()
          return await readAs(cachedReader(cache), blob, selector)
        }),
      )
      expect(blob.reads).toBe(1)
      for (const one of all) expect(one).toStrictEqual(all[0])
    })
  })
})

describe('the version of the reading', () => {
  it('is raised when the same layer comes out differently: then change both sides of this line', async () => {
    const selector = selectorOf(wants('status'), [])
    const { entries, unknowns, bytes } = await readAs(readBlob, blobOf(tarOf(members)), selector)
    const outcome = sha256(JSON.stringify({ entries, unknowns, bytes })).slice(0, 16)
    expect([readingVersion, outcome]).toEqual([1, '1c3dfbd5701b0051'])
  })
})

describe('the files of the cache', () => {
  const selector = selectorOf(wants('status', 'lock'), [analyser('e', 'e')])

  it('are for their user only', async () => {
    await withCache(async (open, path) => {
      await using cache = await open()
      await readAs(cachedReader(cache), blobOf(tarOf(members)), selector)
      for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
        const stats = statSync(join(path, name))
        expect(stats.mode & 0o777, name).toBe(stats.isDirectory() ? 0o700 : 0o600)
      }
    })
  })

  it('may be damaged anywhere: the layer is read again', async () => {
    await withCache(async (open, path) => {
      await using cache = await open()
      const archive = tarOf(members)
      const fresh = await readAs(cachedReader(cache), blobOf(archive), selector)
      for (const file of storedIn(path)) {
        const content = readFileSync(file)
        const positions = [...Array(60).keys()].map((step) => Math.floor((step * content.length) / 60))
        const damages = [
          ...positions.map((at) => content.map((byte, index) => (index === at ? byte ^ 1 : byte))),
          ...positions.map((at) => content.subarray(0, at)),
          Buffer.concat([content, Buffer.from('x')]),
          Buffer.alloc(content.length),
        ]
        for (const damage of damages) {
          writeFileSync(file, damage)
          const blob = blobOf(archive)
          expect(await readAs(cachedReader(cache), blob, selector)).toStrictEqual(fresh)
          // A content that is still right is still used.
          if (file.includes('/layers/')) expect(blob.reads).toBe(1)
          writeFileSync(file, content)
        }
      }
    })
  })

  it('may be those of another layer under its name', async () => {
    await withCache(async (open, path) => {
      await using cache = await open()
      await readAs(cachedReader(cache), blobOf(tarOf([{ name: 'other' }])), selector)
      const [other = ''] = storedIn(path)
      const archive = tarOf(members)
      await readAs(cachedReader(cache), blobOf(archive), selector)
      const mine = storedIn(path).find((file) => file !== other && file.includes('/layers/')) ?? ''
      writeFileSync(mine, readFileSync(other))
      const blob = blobOf(archive)
      await readAs(cachedReader(cache), blob, selector)
      expect(blob.reads).toBe(1)
    })
  })

  it('stay within the bound: what was used longest ago goes first', async () => {
    await withCache(async (open, path) => {
      const archives = Array.from({ length: 6 }, (_, index) =>
        tarOf([{ name: `${index}/status`, content: noise(9000) }]),
      )
      for (const [index, archive] of archives.entries()) {
        await using cache = await open({ limitBytes: 40_000 })
        await readAs(cachedReader(cache), blobOf(archive), selector)
        const [newest = ''] = storedIn(path).toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
        await utimes(newest, 1000 + index, 1000 + index)
      }
      expect(storedIn(path).reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(40_000)
      await using cache = await open()
      const reads = []
      for (const archive of archives) {
        const blob = blobOf(archive)
        await readAs(cachedReader(cache), blob, selector)
        reads.push(blob.reads)
      }
      expect(reads).toEqual([1, 1, 0, 0, 0, 0])
    })
  })

  it('are not used where others may write, and that is said once', async () => {
    await withCache(async (open, path) => {
      await (await open())[Symbol.asyncDispose]()
      chmodSync(join(path, 'v1'), 0o777)
      const notes: string[] = []
      await using cache = await open({ note: (text) => notes.push(text) })
      const blob = blobOf(tarOf(members))
      for (let round = 0; round < 2; round += 1) await readAs(cachedReader(cache), blob, selector)
      expect(blob.reads).toBe(2)
      expect(notes).toEqual([`The layer cache ${path} is not used: others may write to it.`])
    })
  })

  it('are gone in the middle of a scan: it goes on', async () => {
    await withCache(async (open, path) => {
      const notes: string[] = []
      await using cache = await open({ note: (text) => notes.push(text) })
      rmSync(join(path, 'v1'), { recursive: true })
      writeFileSync(join(path, 'v1'), 'a file')
      const blob = blobOf(tarOf(members))
      for (let round = 0; round < 2; round += 1) await readAs(cachedReader(cache), blob, selector)
      expect(blob.reads).toBe(2)
      expect(notes).toEqual([`The layer cache ${path} is not used: it is no directory.`])
    })
  })

  it('of a holder that died keep nobody waiting', async () => {
    await withCache(async (open, path) => {
      await using cache = await open()
      const blob = blobOf(tarOf(members))
      await using held = await cache.lease(keyOf(blob, imageLimits) ?? '', signal)
      const [lease = ''] = readdirSync(join(path, 'v1', 'leases'))
      const file = join(path, 'v1', 'leases', lease)
      expect(held).toBeDefined()
      writeFileSync(file, readFileSync(file, 'utf8').replace(/"pid":\d+/, '"pid":4194999'))
      await readAs(cachedReader(cache), blob, selector)
      expect(blob.reads).toBe(1)
      expect(existsSync(file)).toBe(false)
    })
  })
})

function storedIn(path: string): string[] {
  return ['layers', 'contents'].flatMap((folder) => {
    const root = join(path, 'v1', folder)
    if (!existsSync(root)) return []
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
    return names.map((name) => join(root, name)).filter((file) => statSync(file).isFile())
  })
}

/** Bytes that do not pack. */
function noise(length: number): Buffer {
  let state = length
  return Buffer.from(
    Array.from({ length }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return state >> 16
    }),
  )
}
