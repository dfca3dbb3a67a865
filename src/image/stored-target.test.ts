import { writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { legacyPieces, packed, type SampleImage, sampleImage, tarOf } from '../../test/helpers/image-archive.ts'
import { readImage } from '../../test/helpers/image-reading.ts'

const large = 'x'.repeat(17 * 1024 * 1024)
const wrong = `sha256:${'0'.repeat(64)}`
let folder: Awaited<ReturnType<typeof mkdtempDisposable>>

beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'seawall-stored-'))
})

afterAll(() => folder.remove())

async function archive(image: SampleImage, packing: 'none' | 'gzip' = 'none'): Promise<string> {
  const path = join(folder.path, 'image.tar')
  writeFileSync(path, packed(await tarOf(legacyPieces(image)), packing))
  return path
}

describe('a Docker archive with a layer large enough to be hashed beside its reading', () => {
  it('is read without a remark when it is what its diff_id says', async () => {
    const path = await archive(await sampleImage([[{ name: 'large', content: large }]]))
    const contents = await readImage(path)
    expect(contents.layers[0]).toMatchObject({ diffId: contents.subject.layers[0]?.diffId })
    expect(contents.unknowns).toEqual([])
  })

  it('is read and told when it is another than its diff_id says', async () => {
    const config = { rootfs: { diff_ids: [wrong] } }
    const path = await archive(await sampleImage([[{ name: 'large', content: large }]], { config }))
    const contents = await readImage(path)
    expect(contents.layers[0]?.entries).toHaveLength(1)
    expect(contents.unknowns).toEqual([{ path: 'layer 0', reason: `content does not match its diff_id ${wrong}` }])
  })

  it('is given up when it is interrupted', async () => {
    const path = await archive(await sampleImage([[{ name: 'large', content: large }]]))
    const controller = new AbortController()
    const reading = readImage(path, { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('interrupted')), 5)
    await expect(reading).rejects.toThrow('interrupted')
  })

  it('is given up when it costs too much', async () => {
    const path = await archive(await sampleImage([[{ name: 'large', content: large }]]))
    await expect(readImage(path, { limits: { layerBytes: 1_000_000 } })).rejects.toMatchObject({
      code: 'limit_exceeded',
    })
  })
})

describe('what is kept of all layers', () => {
  it.each(['none', 'gzip'] as const)('is bounded, and what was let go is told: packing %s', async (packing) => {
    const image = await sampleImage([
      [{ name: 'lower', content: 'l'.repeat(600) }],
      [{ name: 'upper', content: 'u'.repeat(600) }],
    ])
    const contents = await readImage(await archive(image, packing), { limits: { keptImageBytes: 1000 } })
    expect(contents.layers.map(({ entries }) => entries.map(({ content }) => content?.length))).toEqual([
      [undefined],
      [600],
    ])
    const reason = 'wanted files that were let go: 1; all of the image may take 1000 bytes'
    expect(contents.layers.map(({ unknowns }) => unknowns)).toEqual([[{ path: 'layer 0', reason }], []])
  })
})
