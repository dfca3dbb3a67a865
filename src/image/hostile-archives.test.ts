import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import {
  blob,
  describeBlob,
  json,
  layoutPieces,
  legacyPieces,
  modernPieces,
  ociImage,
  ociIndex,
  type Piece,
  packed,
  type SampleImage,
  sampleImage,
  tarOf,
  writePieces,
} from '../../test/helpers/image-archive.ts'
import { type ReadSettings, readImage } from '../../test/helpers/image-reading.ts'

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>
let image: SampleImage
let count = 0

beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'seawall-hostile-'))
  image = await sampleImage([[{ name: 'file', content: 'content' }]], {
    platform: { os: 'linux', architecture: 'amd64' },
  })
})

afterAll(() => folder.remove())

function write(bytes: Buffer): string {
  count += 1
  const path = join(folder.path, `${count}.tar`)
  writeFileSync(path, bytes)
  return path
}

function layout(pieces: readonly Piece[]): string {
  count += 1
  const path = join(folder.path, `layout-${count}`)
  writePieces(path, pieces)
  return path
}

/** The Problem that reading ends with. */
async function failure(argument: string, settings?: ReadSettings): Promise<Problem> {
  const outcome = await readImage(argument, settings).catch((error: unknown) => error)
  if (outcome instanceof Problem) return outcome
  throw new Error(`no Problem but ${String(outcome)}`, { cause: outcome })
}

const packings = ['none', 'gzip'] as const

const manifestOf = (layers: readonly string[], config = 'config.json') => ({
  name: 'manifest.json',
  content: json([{ Config: config, RepoTags: ['a:1'], Layers: layers }]),
})

function withLayer(pieces: readonly Piece[], path: string): Piece[] {
  return [...pieces, { name: 'config.json', content: image.config }, manifestOf([path])]
}

function indexIn(manifests: readonly object[]): Piece & { readonly content: Buffer } {
  return blob(json({ schemaVersion: 2, manifests }))
}

function damagedBlob(): Piece[] {
  const { pieces, descriptor } = ociImage(image, { packing: 'none' })
  const [layer, ...rest] = pieces
  const content = Buffer.from(layer?.content ?? '')
  content.write('CONTENT', content.indexOf('content'))
  return layoutPieces([{ name: layer?.name ?? '', content }, ...rest], [descriptor])
}

/** Indexes that lead to one another can only be made where digests do not hold. */
function circle(): Piece[] {
  const name = `sha256:${'a'.repeat(64)}`
  const index = json({ manifests: [{ mediaType: ociIndex, digest: name, size: 118 }] })
  const self = { mediaType: ociIndex, digest: name, size: index.length }
  return layoutPieces([{ name: `blobs/sha256/${'a'.repeat(64)}`, content: index }], [self])
}

function deepIndexes(): Piece[] {
  const { pieces, descriptor } = ociImage(image)
  const indexes = [indexIn([descriptor])]
  for (let depth = 0; depth < 12; depth += 1)
    indexes.push(indexIn([describeBlob(indexes.at(-1) ?? blob(json(0)), ociIndex)]))
  return layoutPieces([...pieces, ...indexes], [describeBlob(indexes.at(-1) ?? blob(json(0)), ociIndex)])
}

function wrongSize(): Piece[] {
  const { pieces, descriptor } = ociImage(image)
  return layoutPieces(pieces, [{ ...descriptor, size: 1 }])
}

function artifact(): Piece[] {
  const statement = blob(Buffer.from('{"_type":"statement"}'))
  const config = blob(image.config)
  const manifest = blob(
    json({
      config: describeBlob(config, 'application/vnd.oci.image.config.v1+json'),
      layers: [describeBlob(statement, 'application/vnd.in-toto+json')],
    }),
  )
  return layoutPieces(
    [statement, config, manifest],
    [describeBlob(manifest, 'application/vnd.oci.image.manifest.v1+json')],
  )
}

const layer = () => ({ name: 'layer.tar', content: image.layers[0] ?? '' })

const hostile: readonly (readonly [name: string, pieces: () => Piece[], code: string, message: RegExp])[] = [
  ['no manifest', () => [layer()], 'malformed', /no image archive|neither manifest.json nor index.json/],
  ['an empty archive', () => [], 'malformed', /neither manifest.json nor index.json/],
  ['a null manifest', () => [{ name: 'manifest.json', content: 'null' }], 'malformed', /lists no image/],
  ['a manifest that is no JSON', () => [{ name: 'manifest.json', content: '[' }], 'malformed', /not JSON/],
  ['a manifest of another shape', () => [{ name: 'manifest.json', content: '{"a":1}' }], 'malformed', /the document/],
  ['a manifest that names itself', () => [manifestOf(['manifest.json'], 'manifest.json')], 'malformed', /./],
  ['a manifest as a layer', () => withLayer([], 'manifest.json'), 'malformed', /tar|not a layer/],
  ['a layer path with ..', () => withLayer([layer()], '../layer.tar'), 'malformed', /outside the archive/],
  ['a layer path with hidden ..', () => withLayer([layer()], 'a/../../layer.tar'), 'malformed', /outside the archive/],
  ['an absolute layer path', () => withLayer([layer()], '/etc/passwd'), 'malformed', /outside the archive/],
  ['a layer path on Windows', () => withLayer([layer()], '..\\layer.tar'), 'malformed', /outside the archive/],
  ['a layer that is not there', () => withLayer([], 'layer.tar'), 'malformed', /layer.tar is missing/],
  ['a link out', () => withLayer([{ name: 'l', link: '../../etc/passwd' }], 'l'), 'malformed', /leads outside/],
  ['an absolute link', () => withLayer([{ name: 'l', link: '/etc/passwd' }], 'l'), 'malformed', /leads outside/],
  ['a link to itself', () => withLayer([{ name: 'l', link: 'l' }], 'l'), 'malformed', /round in a circle/],
  [
    'links in a circle',
    () =>
      withLayer(
        [
          { name: 'l', link: 'm' },
          { name: 'm', link: 'l' },
        ],
        'l',
      ),
    'malformed',
    /circle/,
  ],
  ['a dangling link', () => withLayer([{ name: 'l', link: 'nothing' }], 'l'), 'malformed', /l is missing/],
  [
    'the same layer twice',
    () => withLayer([layer(), { name: 'layer.tar', content: 'x' }], 'layer.tar'),
    'malformed',
    /there twice/,
  ],
  [
    'two manifests',
    () => [...withLayer([layer()], 'layer.tar'), manifestOf([])],
    'malformed',
    /manifest.json is there twice/,
  ],
  ['a damaged blob', damagedBlob, 'malformed', /does not match its name/],
  ['an index that leads to itself', circle, 'malformed', /does not match its name/],
  ['indexes without end', deepIndexes, 'malformed', /in a circle, or too deep/],
  ['a size that is not so', wrongSize, 'malformed', /bytes, not 1/],
  ['an attestation', artifact, 'usage', /an artifact of type application\/vnd.in-toto\+json/],
  ['an empty index', () => layoutPieces([], []), 'malformed', /neither manifest.json nor index.json/],
  ['an index of nothing', () => layoutPieces([], [ociImage(image).descriptor]), 'malformed', /none of them is there/],
]

describe('an archive with', () => {
  describe.each(packings)('packed with %s:', (packing) => {
    it.each(hostile)('%s', async (_, pieces, code, message) => {
      const problem = await failure(write(packed(await tarOf(pieces()), packing)))
      expect(problem).toMatchObject({ code, message: expect.stringMatching(message) })
      expect(problem.at ?? '').not.toBe('')
    })

    it('a huge document is refused before it is held', async () => {
      const pieces = [{ name: 'manifest.json', content: `[${' '.repeat(5000)}]` }]
      const problem = await failure(write(packed(await tarOf(pieces), packing)), { limits: { documentBytes: 4096 } })
      expect(problem.code).toBe('limit_exceeded')
    })

    it('more layers than the limit is refused', async () => {
      const many = await sampleImage([[], [{ name: 'a' }], [{ name: 'b' }]])
      const path = write(packed(await tarOf(legacyPieces(many)), packing))
      expect(await failure(path, { limits: { layers: 2 } })).toMatchObject({ code: 'limit_exceeded' })
    })

    it('more members than the limit is refused', async () => {
      const path = write(packed(await tarOf(legacyPieces(image)), packing))
      expect(await failure(path, { limits: { entries: 2 } })).toMatchObject({ code: 'limit_exceeded' })
    })

    it('layers nobody asked for may be damaged', async () => {
      const pieces = [
        { name: 'blobs/sha256/other', content: Buffer.from('1f8b0800ffff', 'hex') },
        ...legacyPieces(image),
      ]
      expect((await readImage(write(packed(await tarOf(pieces), packing)))).layers).toHaveLength(1)
    })

    it('another content than its diff_id says is read and told', async () => {
      const lying = await sampleImage([[{ name: 'file', content: 'content' }]], {
        config: { rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`] } },
      })
      const contents = await readImage(write(packed(await tarOf(legacyPieces(lying)), packing)))
      expect(contents.layers[0]?.entries).toHaveLength(1)
      expect(contents.unknowns).toEqual([
        { path: 'layer 0', reason: `content does not match its diff_id sha256:${'0'.repeat(64)}` },
      ])
    })

    it('fewer layers than diff_ids is read and told', async () => {
      const diffIds = ['0', '1'].map((digit) => `sha256:${digit.repeat(64)}`)
      const trimmed = await sampleImage([[{ name: 'file', content: 'content' }]], {
        config: { rootfs: { diff_ids: diffIds } },
      })
      const contents = await readImage(write(packed(await tarOf(legacyPieces(trimmed)), packing)))
      expect(contents.subject.layers).toMatchObject([{ index: 0, diffId: contents.layers[0]?.diffId }])
      expect(contents.unknowns).toMatchObject([
        { path: 'image', reason: expect.stringContaining('in manifest.json: 1, in the configuration: 2') },
      ])
    })

    it('an abort ends the reading', async () => {
      const path = write(packed(await tarOf(legacyPieces(image)), packing))
      const reason = new Error('stopped by the user')
      await expect(readImage(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    })
  })

  it('cuts and changes anywhere ends in contents or a Problem', { timeout: 60_000 }, async () => {
    const wholes = await Promise.all([legacyPieces(image), modernPieces(image)].map(tarOf))
    const inputs = wholes.flatMap((whole) => [whole, packed(whole, 'gzip'), packed(whole, 'zstd')])
    const change = fc.record({
      input: fc.constantFrom(...inputs),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.uint8Array({ maxLength: 20 }),
    })
    await fc.assert(
      fc.asyncProperty(change, async ({ input, cut, at, bytes }) => {
        const damaged = Buffer.from(input.subarray(0, Math.ceil(cut * input.length)))
        damaged.set(bytes.subarray(0, damaged.length), Math.floor(at * Math.max(0, damaged.length - bytes.length)))
        const path = join(folder.path, 'damaged.tar')
        writeFileSync(path, damaged)
        const outcome = await readImage(`docker-archive:${path}`).catch((error: unknown) => error)
        expect(outcome instanceof Problem || (outcome as { layers?: unknown }).layers !== undefined).toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a layout directory with', () => {
  it.each([
    ['a damaged blob', damagedBlob, 'malformed', /does not match its name/],
    ['an index that leads to itself', circle, 'malformed', /does not match its name/],
    ['indexes without end', deepIndexes, 'malformed', /in a circle, or too deep/],
    ['a size that is not so', wrongSize, 'malformed', /bytes, not 1/],
    ['an attestation', artifact, 'usage', /an artifact/],
    ['an empty index', () => layoutPieces([], []), 'malformed', /holds no image/],
  ] as const)('%s', async (_, pieces, code, message) => {
    expect(await failure(layout(pieces()))).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('a directory or a loop in place of the index', async () => {
    const directory = layout([{ name: 'oci-layout', content: '{}' }])
    mkdirSync(join(directory, 'index.json'))
    expect(await failure(directory)).toMatchObject({ code: 'usage', message: 'this is not a regular file' })
    const looped = layout([{ name: 'oci-layout', content: '{}' }])
    symlinkSync('index.json', join(looped, 'index.json'))
    expect(await failure(looped)).toMatchObject({ code: 'target_unreachable' })
  })
})

describe('a file that is no archive', () => {
  it.each([
    ['text', Buffer.from('hello\n')],
    ['nothing', Buffer.alloc(0)],
    ['a zip', Buffer.from('504b0304' + '00'.repeat(600), 'hex')],
    ['noise', Buffer.alloc(2048, 0xa5)],
  ])('with %s', async (_, bytes) => {
    expect(await failure(write(bytes))).toMatchObject({
      code: 'malformed',
      message: 'this is not an image archive: neither tar nor gzip nor zstd',
    })
  })

  it('is not even opened when it is a device', async () => {
    expect(await failure('docker-archive:/dev/null')).toMatchObject({
      code: 'usage',
      message: 'this is not a regular file',
    })
  })
})
