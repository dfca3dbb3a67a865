import { describe, expect, it } from 'vitest'
import { ImageConfig, layersOf, parseManifest, whyNotImage } from './manifest.ts'

const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const descriptor = (letter: string, mediaType?: string) => ({ mediaType, digest: digest(letter), size: 3 })
const text = (value: unknown) => JSON.stringify(value)

const why = (config: string | undefined, layer: string | undefined) => {
  const parsed = parseManifest(text({ config: descriptor('a', config), layers: [descriptor('b', layer)] }), 'x')
  return parsed.kind === 'image' ? whyNotImage(parsed.manifest) : 'an index'
}

describe('parseManifest', () => {
  it('tells an index from an image, with or without a media type', () => {
    expect(parseManifest(text({ schemaVersion: 2, manifests: [descriptor('a')] }), 'x').kind).toBe('index')
    expect(parseManifest(text({ schemaVersion: 2, config: descriptor('a'), layers: null }), 'x').kind).toBe('image')
  })

  it('keeps only what is used and tolerates the rest', () => {
    const parsed = parseManifest(
      text({ mediaType: '', config: descriptor('a'), layers: [], subject: 1, extra: {} }),
      'x',
    )
    expect(parsed).toMatchObject({ kind: 'image', manifest: { layers: [], config: { size: 3, annotations: {} } } })
  })

  it.each([
    ['not JSON', '{', 'this is not JSON'],
    ['a list', '[]', 'the document: '],
    ['neither', '{}', 'neither an index nor an image manifest'],
    ['both', text({ manifests: [], layers: [], config: descriptor('a') }), 'at once'],
    [
      'a lying media type',
      text({ mediaType: 'application/vnd.oci.image.index.v1+json', config: descriptor('a') }),
      'mediaType says',
    ],
    [
      'a digest that is a path',
      text({ manifests: [{ digest: 'sha256:../../etc/passwd', size: 1 }] }),
      'manifests.0.digest',
    ],
    ['a negative size', text({ manifests: [{ digest: digest('a'), size: -1 }] }), 'manifests.0.size'],
    ['no configuration', text({ layers: [] }), 'config: '],
  ])('refuses %s', (_, input, message) => {
    expect(() => parseManifest(input, 'x')).toThrow(expect.objectContaining({ code: 'malformed', at: 'x' }))
    expect(() => parseManifest(input, 'x')).toThrow(message)
  })

  it('refuses schema 1 and says what to do', () => {
    const schema1 = text({ schemaVersion: 1, name: 'a', fsLayers: [], history: [], signatures: [] })
    expect(() => parseManifest(schema1, 'x')).toThrow(
      expect.objectContaining({ code: 'malformed', hint: expect.stringContaining('skopeo copy') }),
    )
  })
})

describe('whyNotImage', () => {
  const image = 'application/vnd.oci.image.config.v1+json'
  it.each([
    [image, 'application/vnd.oci.image.layer.v1.tar+zstd'],
    [undefined, undefined],
    ['application/vnd.docker.container.image.v1+json', 'application/vnd.docker.image.rootfs.diff.tar.gzip'],
  ])('takes %s with %s for an image', (config, layer) => {
    expect(why(config, layer)).toBeUndefined()
  })

  it.each([
    [image, 'application/vnd.in-toto+json'],
    [image, 'application/vnd.dev.cosign.simplesigning.v1+json'],
    ['application/vnd.cncf.helm.config.v1+json', 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'],
  ])('does not take %s with %s for an image', (config, layer) => {
    expect(why(config, layer)).toMatch(/^an artifact of type application\//)
  })
})

describe('layersOf', () => {
  const config = (history: unknown) => ImageConfig.parse({ rootfs: { diff_ids: [digest('a'), digest('b')] }, history })
  const blobs = [{ digest: digest('c'), size: 7 }, {}]

  it('takes the build step of each layer from the history, empty steps left out', () => {
    const history = [{ created_by: 'ADD' }, { created_by: 'ENV', empty_layer: true }, { created_by: 'RUN' }]
    expect(layersOf(config(history), { layers: blobs }, 'x')).toEqual([
      { index: 0, diffId: digest('a'), digest: digest('c'), size: 7, createdBy: 'ADD' },
      { index: 1, diffId: digest('b'), digest: undefined, size: undefined, createdBy: 'RUN' },
    ])
  })

  it.each([
    ['too short', [{ created_by: 'ADD' }]],
    ['absent', undefined],
    ['null', null],
    ['damaged', 'yes'],
  ])('does without build steps when the history is %s', (_, history) => {
    expect(layersOf(config(history), { layers: blobs }, 'x').map(({ createdBy }) => createdBy)).toEqual([
      undefined,
      undefined,
    ])
  })

  it('refuses another number of layers than of diff_ids', () => {
    expect(() => layersOf(config([]), { layers: [{}] }, 'x')).toThrow(
      '1 layers in the manifest, 2 diff_ids in the configuration',
    )
  })
})
