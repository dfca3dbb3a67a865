import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../test/helpers/fake-registry.ts'
import { chunkedLayer, estargzLayer, type IndexedLayer } from '../../../test/helpers/indexed-layer.ts'
import { type Member, tarOf } from '../../../test/helpers/tar-writer.ts'
import type { LayerContents, Selector } from '../entry.ts'
import { type LayerBlob, readBlob } from '../layer-reader.ts'
import { imageLimits } from '../limits.ts'
import { partialReader } from './partial-reader.ts'

const filler: Member = { name: 'filler', content: randomBytes(150_000) }
const selector: Selector = { wants: (path) => path.endsWith('.db'), probe: () => undefined }
const request = { selector, limits: imageLimits, signal: new AbortController().signal }

/** A source whose whole blob is right, and whose parts are what `alter` makes of them. */
function blobOf({ blob, annotations }: IndexedLayer, alter: (part: Buffer, start: number) => Buffer): LayerBlob {
  return {
    name: 'layer 0',
    digest: sha256(blob),
    diffId: undefined,
    read: (consume) => consume(chunked(blob)),
    parts: {
      size: blob.length,
      annotations,
      fetch: async (start, end) => alter(Buffer.from(blob.subarray(start, end)), start),
    },
  }
}

async function* chunked(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

function entriesOf({ entries }: LayerContents) {
  return entries
    .filter(({ path }) => path !== 'stargz.index.json')
    .map(({ content, ...entry }) => ({ ...entry, content: content?.toString('hex') }))
}

const names = fc.constantFrom('a.db', 'b', 'c/d.db', 'c/e', './f.db', 'g/', 'h/i/j.db', '.wh.k', 'ü/\u{1f600}.db')
const members = fc.uniqueArray(
  fc.record({
    name: names,
    content: fc.uint8Array({ maxLength: 3000 }),
    type: fc.constantFrom('0', '0', '0', '1', '2', '3', '5', '6'),
    mode: fc.constantFrom(0o644, 0o755, 0o4755),
    uid: fc.nat(70_000),
  }),
  { selector: ({ name }) => name, maxLength: 9 },
)

function archiveOf(random: readonly { content: Uint8Array; name: string; type: string; mode: number; uid: number }[]) {
  const written = random.map(({ name, type, content, ...rest }): Member => {
    const isFile = type === '0' && !name.endsWith('/')
    return {
      ...rest,
      name,
      type: name.endsWith('/') ? '5' : type,
      content: isFile ? Buffer.from(content) : '',
      linkName: 'b',
    }
  })
  return tarOf([...written.slice(0, 4), filler, ...written.slice(4)])
}

const formats = [
  ['estargz', (tar: Buffer, bytes: number) => estargzLayer(tar, { chunkBytes: bytes, memberBytes: bytes, level: 1 })],
  ['zstd-chunked', (tar: Buffer, bytes: number) => chunkedLayer(tar, { chunkBytes: bytes, level: 1 })],
] as const

describe.each(formats)('partialReader of %s', (format, build) => {
  it('yields what a full reading yields, of any archive', async () => {
    await fc.assert(
      fc.asyncProperty(members, fc.integer({ min: 500, max: 9000 }), async (random, chunkBytes) => {
        const blob = blobOf(build(archiveOf(random), chunkBytes), (part) => part)
        const part = await partialReader(readBlob)(blob, request)
        expect(part.reading).toEqual({ by: format })
        expect(entriesOf(part)).toEqual(entriesOf(await readBlob(blob, request)))
      }),
      { numRuns: 25 },
    )
  })

  it('yields the same whatever is damaged on the way', async () => {
    const layer = build(archiveOf([{ name: 'a.db', content: randomBytes(5000), type: '0', mode: 0o644, uid: 0 }]), 1000)
    const whole = entriesOf(
      await readBlob(
        blobOf(layer, (part) => part),
        request,
      ),
    )
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.uint8Array({ maxLength: 40 }),
      cut: fc.nat(3),
    })
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async ({ at, bytes, cut }, isInTable) => {
        const place = isInTable
          ? layer.table.start + at * (layer.blob.length - layer.table.start)
          : at * layer.table.start
        const blob = blobOf(layer, (part, start) => {
          for (const [index, byte] of bytes.entries()) {
            const offset = Math.floor(place) + index - start
            if (offset >= 0 && offset < part.length) part[offset] = byte
          }
          return cut === 3 ? part.subarray(0, -1) : part
        })
        expect(entriesOf(await partialReader(readBlob)(blob, request))).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })
})
