import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyContent, type FakeRegistryOptions, sha256 } from '../../../test/helpers/fake-registry.ts'
import {
  addIndexedImage,
  chunkedLayer,
  estargzLayer,
  type IndexedLayer,
  type IndexOptions,
  type TableEntry,
} from '../../../test/helpers/indexed-layer.ts'
import { Pulling, quickOptions } from '../../../test/helpers/pulling.ts'
import { type Member, tarOf } from '../../../test/helpers/tar-writer.ts'
import type { Selector } from '../entry.ts'
import { readBlob } from '../layer-reader.ts'
import { type ImageLimits, imageLimits } from '../limits.ts'
import { parseReference } from '../reference.ts'
import { openRegistry } from '../registry/registry-target.ts'
import type { TargetContents } from '../target.ts'
import { partialReader } from './partial-reader.ts'

const wanted: Selector = { wants: (path) => /(?:status|package\.json|\.db)$/.test(path), probe: () => undefined }
const filler = randomBytes(600_000)
const status = randomBytes(3000).toString('hex')

const files: Member[] = [
  { name: './', type: '5', mode: 0o755 },
  { name: 'usr/', type: '5', mode: 0o755 },
  { name: 'usr/bin/tool', content: filler.subarray(0, 200_000), mode: 0o755, uid: 3 },
  { name: 'var/lib/dpkg/status', content: status, mode: 0o100640, gid: 42 },
  { name: 'var/lib/dpkg/.wh.available', content: '' },
  { name: 'usr/share/big', content: filler.subarray(200_000) },
  { name: 'app/package.json', content: '{"name":"app"}' },
  { name: 'app/empty/package.json', content: '' },
  { name: 'app/linked.json', type: '1', linkName: 'app/package.json' },
  { name: 'app/current', type: '2', linkName: '../usr' },
  { name: 'dev/gone', type: '3', device: [0, 0] },
  { name: 'dev/null', type: '3', device: [1, 3] },
  { name: 'run/pipe', type: '6' },
]
const archive = tarOf(files)
const builders = { estargz: estargzLayer, 'zstd-chunked': chunkedLayer }

let pulling: Pulling
beforeEach(() => {
  pulling = new Pulling()
})
afterEach(() => pulling[Symbol.asyncDispose]())

interface Pulled {
  readonly contents: TargetContents
  readonly sent: number
  readonly ranges: readonly (string | undefined)[]
}

async function pull(
  layers: readonly IndexedLayer[],
  {
    partial = true,
    server = {},
    limits = {},
    selector = wanted,
  }: { partial?: boolean; server?: FakeRegistryOptions; limits?: Partial<ImageLimits>; selector?: Selector } = {},
): Promise<Pulled> {
  const content = emptyContent()
  addIndexedImage(content, '1', layers)
  const registry = await pulling.start(content, server)
  const readLayer = partial ? partialReader(readBlob) : readBlob
  const options = { ...quickOptions, readLayer, limits: { ...imageLimits, ...limits } }
  await using target = await openRegistry(parseReference(`${registry.host}/app:1`), options, pulling.context())
  const sentBefore = registry.sentBytes()
  const contents = await target.read(selector)
  const ranges = registry.seen.filter(({ url }) => url.includes('/blobs/')).map(({ range }) => range)
  return { contents, sent: registry.sentBytes() - sentBefore, ranges: ranges.slice(1) }
}

/** With digests in place of contents, which are quicker to compare. */
function withoutTable({ contents }: Pulled) {
  return contents.layers.map(({ entries }) =>
    entries
      .filter(({ path }) => path !== 'stargz.index.json')
      .map(({ content, ...entry }) => ({ ...entry, content: content && sha256(content) })),
  )
}

describe.each(Object.entries(builders))('partialReader of a layer in %s', (format, build) => {
  it('finds what a full reading finds, for a small part of the bytes', async () => {
    const layer = build(archive)
    const [part, whole] = [await pull([layer]), await pull([layer], { partial: false })]
    expect(withoutTable(part)).toEqual(withoutTable(whole))
    expect(part.contents.layers[0]?.reading).toEqual({ by: format })
    expect(part.contents.transfer).toEqual({ transferred: part.sent, transferable: layer.blob.length })
    expect(whole.contents.transfer).toEqual({ transferred: layer.blob.length, transferable: layer.blob.length })
    expect(part.sent).toBeLessThan(layer.blob.length / 10)
  })

  it('says which executables were not looked into', async () => {
    const { contents } = await pull([build(archive)])
    expect(contents.layers[0]?.unknowns).toEqual([
      { path: 'layer 0', reason: '1 of its executables were not looked into: it was read by its table of contents' },
    ])
  })
})

describe('partialReader', () => {
  const lengths: Selector = {
    wants: wanted.wants,
    probe(_, size, path) {
      const kept = Buffer.from(`${size} bytes`)
      return path.endsWith('/big') ? { write: () => undefined, end: () => kept } : undefined
    },
  }

  it('looks into files that a probe asks for by their names', async () => {
    const layer = estargzLayer(tarOf([...files, { name: 'usr/share/more', content: randomBytes(2_000_000) }]))
    const { contents } = await pull([layer], { selector: lengths })
    expect(contents.layers[0]?.reading).toEqual({ by: 'estargz' })
    const big = contents.layers[0]?.entries.find(({ path }) => path === 'usr/share/big')
    expect(big?.content?.toString()).toBe('400000 bytes')
  })

  it('reads the whole layer where such a file is too large to be kept', async () => {
    const { contents } = await pull([estargzLayer(archive)], { selector: lengths, limits: { keptFileBytes: 100_000 } })
    expect(contents.layers[0]?.reading).toEqual({ by: 'whole', reason: 'a file to be looked into is too large' })
    const big = contents.layers[0]?.entries.find(({ path }) => path === 'usr/share/big')
    expect(big?.content?.toString()).toBe('400000 bytes')
  })

  it('reads eStargz files that share a gzip member', async () => {
    const layer = estargzLayer(archive, { memberBytes: 100_000, chunkBytes: 1000 })
    const [part, whole] = [await pull([layer]), await pull([layer], { partial: false })]
    expect(part.contents.layers[0]?.reading).toEqual({ by: 'estargz' })
    expect(withoutTable(part)).toEqual(withoutTable(whole))
  })

  it.each(Object.entries(builders))('reads files in many chunks: %s', async (format, build) => {
    const members = [...files, { name: 'lib/status', content: Buffer.concat([filler, Buffer.alloc(9000), filler]) }]
    const layer = build(tarOf([...members, { name: 'opt/rest', content: randomBytes(3_000_000) }]), {
      chunkBytes: 3000,
    })
    const [part, whole] = [await pull([layer]), await pull([layer], { partial: false })]
    expect(part.contents.layers[0]?.reading).toEqual({ by: format })
    expect(withoutTable(part)).toEqual(withoutTable(whole))
  })

  it('asks once for files that are near each other, and never too often', async () => {
    const near = Array.from({ length: 50 }, (_, index) => ({ name: `near/${index}/status`, content: `${index}` }))
    const far = Array.from({ length: 300 }, (_, index) => [
      { name: `far/${index}/status`, content: `${index}` },
      { name: `far/${index}/other`, content: randomBytes(index < 200 ? 34_000 : 40_000) },
    ])
    const rest = { name: 'rest', content: randomBytes(200_000) }
    const { ranges, contents } = await pull([estargzLayer(tarOf([...near, rest, ...far.flat()]), { level: 1 })])
    expect(contents.layers[0]?.entries.filter(({ content }) => content !== undefined)).toHaveLength(350)
    expect(ranges.length).toBeLessThan(260)
    expect(ranges.length).toBeGreaterThan(50)
  })

  it('keeps to the limits of a layer', async () => {
    const { contents } = await pull([estargzLayer(archive)], { limits: { keptFileBytes: 1000 } })
    expect(contents.layers[0]?.reading).toEqual({ by: 'estargz' })
    expect(contents.layers[0]?.unknowns).toContainEqual({
      path: '/var/lib/dpkg/status',
      reason: 'it is larger than 1000 bytes',
    })
  })

  it('refuses a layer of too many entries, as a full reading does', async () => {
    await expect(pull([estargzLayer(archive)], { limits: { entries: 5 } })).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'layer 0 has more than 5 entries',
    })
  })

  it('reports an entry that no file system takes, as a full reading does', async () => {
    const { contents } = await pull([
      estargzLayer(archive, { edit: (all) => [...all, { name: 'a', type: 'symlink' }] }),
    ])
    expect(contents.layers[0]?.reading).toEqual({ by: 'estargz' })
    expect(contents.layers[0]?.unknowns).toContainEqual({ path: '/a', reason: 'it is a link without a usable target' })
  })

  it('believes a table that the manifest vouches for, which is why it must be asked for', async () => {
    const edit = (entries: TableEntry[]) => entries.filter(({ name }) => name !== 'app/package.json')
    const layer = estargzLayer(archive, { edit })
    const paths = ({ contents }: Pulled) => contents.layers[0]?.entries.map(({ path }) => path)
    expect(paths(await pull([layer]))).not.toContain('app/package.json')
    expect(paths(await pull([layer], { partial: false }))).toContain('app/package.json')
  })

  it('ends when it is told to', async () => {
    const content = emptyContent()
    addIndexedImage(content, '1', [estargzLayer(archive)])
    const stop = new AbortController()
    const { host } = await pulling.start(content, {
      before: ({ headers }) => {
        if (headers.range !== undefined) stop.abort(new Error('enough'))
        return headers.range !== undefined
      },
    })
    const context = pulling.context({}, stop.signal)
    await expect(pulling.pull(`${host}/app:1`, { readLayer: partialReader(readBlob) }, context)).rejects.toThrow(
      'enough',
    )
  })
})

const status0 = 'var/lib/dpkg/status'

function changed(change: TableEntry, name = status0): IndexOptions {
  return { edit: (entries) => entries.map((entry) => (entry['name'] === name ? { ...entry, ...change } : entry)) }
}

function added(...entries: readonly unknown[]): IndexOptions {
  return { edit: (all) => [...all, ...entries] }
}

function rewritten(from: string | RegExp, to: string): IndexOptions {
  return { rewrite: (json) => json.replace(from, to) }
}

const doubtful: readonly (readonly [string, RegExp, IndexOptions])[] = [
  ['a name that leads outside', /`\.\.` component/, added({ name: '../etc/passwd', type: 'dir' })],
  ['a name with a NUL byte', /NUL byte/, added({ name: 'etc/a\0b', type: 'dir' })],
  ['a name twice', /"app" twice/, added({ name: 'app/', type: 'dir' }, { name: './app', type: 'reg' })],
  ['an unknown type', /type/, added({ name: 'a', type: 'whiteout' })],
  ['a chunk of nothing', /chunk without its file/, added({ name: 'b', type: 'chunk', chunkOffset: 1 })],
  ['chunks of a directory', /not a file/, added({ name: 'b', type: 'dir' }, { name: 'b', type: 'chunk' })],
  ['no entries', /entries/, rewritten(/^.*$/, '{"version":1}')],
  ['another version', /version/, rewritten('"version":1', '"version":2')],
  ['no JSON', /not JSON/, rewritten('"version"', '"version')],
  ['a key twice', /twice in one object/, rewritten('"version":1', '"entries":[],"version":1')],
  ['an entry with a key twice', /twice in one object/, rewritten('"name":"app/', '"name":"x","name":"app/')],
  ['a key in another case', /another case/, rewritten('"type":"reg"', '"type":"reg","Name":"x"')],
  ['a key that only looks different', /another case/, rewritten('"type":"reg"', '"type":"reg","\u017fize":1')],
  ['a file longer than any', /size/, changed({ size: 2 ** 60 })],
  ['a file of half a byte', /size/, changed({ size: 10.5 })],
  ['a file of less than nothing', /size/, changed({ size: -1 })],
  ['a file beyond the end', /outside the files/, changed({ offset: 2 ** 40, endOffset: 2 ** 41 })],
  [
    'a file that ends before it starts',
    /outside the files|not what|shorter/,
    changed({ offset: 600_100, endOffset: 600_000 }),
  ],
  ['a file at the place of another', /not what|shorter|damaged/, changed({ offset: 1, endOffset: 300_000 })],
  ['a file that starts deep in another', /inflated|shorter|not what/, changed({ innerOffset: 2 ** 50 })],
  ['a file without digests', /usable digest/, changed({ digest: undefined, chunkDigest: undefined })],
  ['digests that mean nothing', /usable digest/, changed({ digest: 'md5:x', chunkDigest: 'md5:x' })],
  ['other digests', /not what/, changed({ digest: `sha256:${'0'.repeat(64)}` })],
  ['a file that is longer than it is', /not what|make up|shorter/, changed({ size: 6001 })],
  [
    'more than can be believed',
    /more than 4000000 values/,
    rewritten('"entries":[', `"entries":[${'{},'.repeat(5_000_000)}`),
  ],
]

describe.each(Object.entries(builders))('a table in %s that has', (_, build) => {
  it.each(doubtful)('%s: the layer is read as a whole', async (_name, reason, options) => {
    const [part, whole] = [await pull([build(archive, options)]), await pull([build(archive)], { partial: false })]
    expect(part.contents.layers[0]?.reading).toEqual({ by: 'whole', reason: expect.stringMatching(reason) })
    expect(withoutTable(part)).toEqual(withoutTable(whole))
    expect(part.contents.unknowns).toEqual([])
  })

  it.each([
    ['leave a gap', (chunks: TableEntry[]) => chunks.toSpliced(1, 1)],
    [
      'overlap',
      (chunks: TableEntry[]) => chunks.map((chunk, at) => (at === 1 ? { ...chunk, chunkOffset: 999 } : chunk)),
    ],
    ['come twice', (chunks: TableEntry[]) => chunks.flatMap((chunk) => [chunk, chunk])],
    ['are not in order', (chunks: TableEntry[]) => chunks.toReversed()],
    [
      'are longer than the file',
      (chunks: TableEntry[]) => chunks.map((chunk, at) => (at === 3 ? { ...chunk, chunkSize: 10 ** 9 } : chunk)),
    ],
    [
      'have other digests',
      (chunks: TableEntry[]) => chunks.map((chunk) => ({ ...chunk, chunkDigest: `sha256:${'1'.repeat(64)}` })),
    ],
    ['claim to be zeros', (chunks: TableEntry[]) => chunks.map((chunk) => ({ ...chunk, chunkType: 'zeros' }))],
  ])('chunks that %s: the layer is read as a whole', async (_name, change) => {
    const edit = (entries: TableEntry[]) => {
      const isChunk = ({ name, type }: TableEntry) => name === status0 && type === 'chunk'
      const first = entries.findIndex(isChunk)
      return [
        ...entries.slice(0, first),
        ...change(entries.filter(isChunk)),
        ...entries.slice(first).filter((one) => !isChunk(one)),
      ]
    }
    const [part, whole] = [
      await pull([build(archive, { chunkBytes: 1000, edit })]),
      await pull([build(archive)], { partial: false }),
    ]
    expect(part.contents.layers[0]?.reading).toEqual({
      by: 'whole',
      reason: expect.stringMatching(/make up|not what|without its file|outside the files/),
    })
    expect(withoutTable(part)).toEqual(withoutTable(whole))
  })

  it.each<[string, RegExp, FakeRegistryOptions]>([
    ['gives no parts', /gives no parts/, { ignoresRange: true }],
    [
      'gives other parts',
      /damaged|not the one|end with a footer|not what|no table|gave/,
      { alterPart: (part) => Buffer.alloc(part.length, 7) },
    ],
    ['gives short parts', /gave another part|could not be reached/, { alterPart: (part) => part.subarray(1) }],
  ])('a server that %s: the layer is read as a whole', async (_name, reason, server) => {
    const part = await pull([build(archive)], { server })
    const whole = await pull([build(archive)], { partial: false })
    expect(part.contents.layers[0]?.reading).toEqual({ by: 'whole', reason: expect.stringMatching(reason) })
    expect(withoutTable(part)).toEqual(withoutTable(whole))
  })
})

describe('what the manifest vouches for', () => {
  const estargz = estargzLayer(archive)
  const chunked = chunkedLayer(archive)
  const [checksum = '', position = ''] = Object.keys(chunked.annotations)
  const at = chunked.annotations[position] ?? ''
  const digest = `sha256:${'0'.repeat(64)}`

  it.each<[string, RegExp, IndexedLayer]>([
    ['nothing', /names no table/, { ...estargz, annotations: {} }],
    [
      'another table in eStargz',
      /not the one/,
      { ...estargz, annotations: { 'containerd.io/snapshot/stargz/toc.digest': digest } },
    ],
    [
      'another table in zstd:chunked',
      /not the one/,
      { ...chunked, annotations: { [checksum]: digest, [position]: at } },
    ],
    ['two tables', /two tables/, { ...chunked, annotations: { ...chunked.annotations, ...estargz.annotations } }],
    [
      'no digest',
      /usable digest/,
      { ...estargz, annotations: { 'containerd.io/snapshot/stargz/toc.digest': 'sha256:1' } },
    ],
    [
      'a table without a place',
      /where the table/,
      { ...chunked, annotations: { ...chunked.annotations, [position]: '1:2:3' } },
    ],
    [
      'a table of another type',
      /where the table/,
      { ...chunked, annotations: { ...chunked.annotations, [position]: '1:2:3:2' } },
    ],
    [
      'a table outside',
      /outside/,
      { ...chunked, annotations: { ...chunked.annotations, [position]: `${10 ** 12}:9:9:1` } },
    ],
    [
      'a table that is huge',
      /more than/,
      { ...chunked, annotations: { ...chunked.annotations, [position]: `1:9:${10 ** 12}:1` } },
    ],
    [
      'a table of another size',
      /more than/,
      { ...chunked, annotations: { ...chunked.annotations, [position]: at.replace(/\d+:1$/, '9:1') } },
    ],
    ['a table in a blob without a footer', /footer/, { ...estargz, blob: chunked.blob }],
    ['the table of a short layer', /short/, estargzLayer(tarOf(files.slice(0, 2)))],
  ])('%s: the layer is read as a whole', async (_name, reason, layer) => {
    const [part, whole] = [await pull([layer]), await pull([layer], { partial: false })]
    expect(part.contents.layers[0]?.reading).toEqual({ by: 'whole', reason: expect.stringMatching(reason) })
    expect(withoutTable(part)).toEqual(withoutTable(whole))
  })

  it('a table that inflates to more than it says', async () => {
    const json = { rewrite: () => ' '.repeat(65 * 1024 ** 2), level: 1 }
    expect((await pull([estargzLayer(archive, json)])).contents.layers[0]?.reading).toEqual({
      by: 'whole',
      reason: expect.stringMatching(/more than 67108864 bytes/),
    })
  })

  it('a blob that is not the one in the manifest is still refused', async () => {
    const layer = estargzLayer(archive)
    const content = emptyContent()
    addIndexedImage(content, '1', [layer])
    for (const [name, bytes] of content.blobs)
      if (bytes === layer.blob) content.blobs.set(name, Buffer.from(bytes).fill(0, 9000, 9999))
    const { host } = await pulling.start(content)
    await expect(pulling.pull(`${host}/app:1`, { readLayer: partialReader(readBlob) })).rejects.toMatchObject({
      code: 'malformed',
    })
  })
})
