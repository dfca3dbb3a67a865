import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
  refName,
  type SampleImage,
  sampleImage,
  sha256,
  tarOf,
  writePieces,
} from '../../test/helpers/image-archive.ts'
import { comparable, readImage } from '../../test/helpers/image-reading.ts'
import { memberOf, paxOf } from '../../test/helpers/tar-writer.ts'
import { formatPlatform, hostPlatform, parsePlatform } from './platform.ts'

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>
let image: SampleImage
let other: SampleImage

beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'seawall-open-'))
  const { os, architecture } = hostPlatform()
  const platform = { os, architecture }
  const files = [
    { name: 'etc/os-release', content: 'ID=sample\n' },
    { name: 'bin/sh', content: 'x'.repeat(70_000) },
  ]
  image = await sampleImage([files, [{ name: 'etc/.wh.os-release' }, { name: 'a', link: 'b' }], []], { platform })
  other = await sampleImage([[{ name: 'other', content: 'o' }]], { platform })
})

afterAll(() => folder.remove())

async function archive(
  name: string,
  pieces: readonly Piece[],
  packing: 'none' | 'gzip' | 'zstd' = 'none',
): Promise<string> {
  const path = join(folder.path, name)
  writeFileSync(path, packed(await tarOf(pieces), packing))
  return path
}

function layout(name: string, pieces: readonly Piece[]): string {
  writePieces(join(folder.path, name), pieces)
  return join(folder.path, name)
}

const oci = (one: SampleImage, packing: 'none' | 'gzip' | 'zstd' = 'gzip', more: object = {}) => {
  const { pieces, descriptor } = ociImage(one, { packing, more })
  return layoutPieces(pieces, [descriptor])
}

const saved = () => {
  const [one, two] = [legacyPieces(image, ['shop/api:1.4', 'shop/api:latest']), legacyPieces(other, ['tool:2'])]
  const manifests = [one, two].flatMap((pieces) => JSON.parse(String(pieces.at(-1)?.content)) as object[])
  return [...one.slice(0, -1), ...two.slice(0, -1), { name: 'manifest.json', content: json(manifests) }]
}

const named = () => {
  const [one, two] = [ociImage(image, { more: refName('shop/api:1.4') }), ociImage(other, { more: refName('tool') })]
  return layoutPieces([...one.pieces, ...two.pieces], [one.descriptor, two.descriptor])
}

const counts = async (argument: string) => (await readImage(argument)).layers.length

const multi = async (outer: boolean) => {
  const arm = await sampleImage([[{ name: 'arm', content: '1' }]], {
    platform: { os: 'linux', architecture: 'arm', variant: 'v6' },
  })
  const riscv = await sampleImage([[], []], { platform: { os: 'linux', architecture: 'riscv64' } })
  const images = [arm, riscv].map((one) => ociImage(one, { more: { platform: one.platform } }))
  const absent = { ...ociImage(other).descriptor, platform: { os: 'linux', architecture: 's390x' } }
  const attestation = { ...ociImage(image).descriptor, platform: { os: 'unknown', architecture: 'unknown' } }
  const descriptors = [absent, attestation, ...images.map(({ descriptor }) => descriptor)]
  const nested = blob(json({ schemaVersion: 2, mediaType: ociIndex, manifests: descriptors }))
  const pieces = images.flatMap((one) => one.pieces)
  return outer
    ? layoutPieces([...pieces, nested], [describeBlob(nested, ociIndex, refName('multi'))])
    : layoutPieces(pieces, descriptors)
}

const read = (path: string, platform?: string) =>
  readImage(path, { options: { platform: platform === undefined ? undefined : parsePlatform(platform) } })

describe('openTarget', () => {
  it('reads the same out of every form of an image', async () => {
    const expected = comparable(await readImage(await archive('legacy.tar', legacyPieces(image))))
    expect(expected).toMatchObject({
      layers: [
        { index: 0, diffId: `sha256:${sha256(image.layers[0] ?? '')}`, createdBy: 'step 0' },
        { index: 1, createdBy: 'step 1' },
        { index: 2, createdBy: 'step 2' },
      ],
      unknowns: [],
    })
    const forms = [
      await archive('legacy.tar.gz', legacyPieces(image), 'gzip'),
      await archive('legacy.tar.zst', legacyPieces(image), 'zstd'),
      await archive('reversed.tar.gz', legacyPieces(image).toReversed(), 'gzip'),
      await archive('modern.tar', modernPieces(image)),
      await archive('modern.tar.gz', modernPieces(image), 'gzip'),
      await archive('oci.tar', oci(image, 'gzip')),
      await archive('oci-zstd.tar', oci(image, 'zstd')),
      await archive('oci-plain.tar.gz', oci(image, 'none'), 'gzip'),
      layout('layout', oci(image, 'zstd')),
    ]
    for (const form of forms) expect(comparable(await readImage(form)), form).toEqual(expected)
  })

  it('names what it found', async () => {
    expect((await readImage(await archive('k1.tar', modernPieces(image)))).subject).toMatchObject({
      kind: 'docker-archive',
      digest: `sha256:${sha256(image.config)}`,
      platform: hostPlatform(),
    })
    const path = await archive('k2.tar', oci(image))
    expect((await readImage(path)).subject).toMatchObject({ kind: 'oci-archive', name: path })
    expect((await readImage(layout('k3', oci(image)))).description).toBe(`${join(folder.path, 'k3')}, an OCI layout`)
  })

  it('reads a compressed archive again when asked again', async () => {
    const path = await archive('again.tar.gz', legacyPieces(image), 'gzip')
    expect(comparable(await readImage(path))).toEqual(comparable(await readImage(path)))
  })

  it('follows layers that are links to another layer, and reads a repeated layer once for both', async () => {
    const id = sha256(image.config)
    const [first = Buffer.alloc(0), second = Buffer.alloc(0), third = Buffer.alloc(0)] = image.layers
    const pieces = [
      { name: 'one.tar', content: first },
      { name: 'x/layer.tar', link: '../one.tar' },
      { name: 'two.tar.gz', content: packed(second, 'gzip') },
      { name: 'y/layer.tar', hardLink: 'two.tar.gz' },
      { name: 'z/layer.tar', content: packed(third, 'zstd') },
      { name: `sha256:${id}`, content: image.config },
      {
        name: './manifest.json',
        content: json([{ Config: `sha256:${id}`, Layers: ['x/layer.tar', './y/layer.tar', 'z\\layer.tar'] }]),
      },
    ]
    const expected = comparable(await readImage(await archive('plain-form.tar', legacyPieces(image))))
    expect(comparable(await readImage(await archive('links.tar', pieces)))).toEqual(expected)
    expect(comparable(await readImage(await archive('links.tar.gz', pieces, 'gzip')))).toEqual(expected)
  })
})

describe('choosing among several images', () => {
  it.each(['none', 'gzip'] as const)('by tag or position in a docker archive packed with %s', async (packing) => {
    const path = await archive(`several-${packing}.tar`, saved(), packing)
    expect(await counts(`${path}:shop/api:1.4`)).toBe(3)
    expect(await counts(`${path}:docker.io/shop/api`)).toBe(3)
    expect(await counts(`${path}:tool:2`)).toBe(1)
    expect(await counts(`${path}@1`)).toBe(1)
    expect(await counts(`${path}@sha256:${sha256(other.config)}`)).toBe(1)
    await expect(readImage(path)).rejects.toThrow('there are several images: shop/api:1.4, tool:2')
    await expect(readImage(`${path}:shop/api:9`)).rejects.toMatchObject({ code: 'usage' })
    await expect(readImage(`${path}@7`)).rejects.toMatchObject({ code: 'usage' })
  })

  it('by name or digest in a layout, also where the name has slashes and colons', async () => {
    const path = layout('several', named())
    expect(await counts(`${path}:shop/api:1.4`)).toBe(3)
    expect(await counts(`oci:${path}:tool`)).toBe(1)
    const digest = /"digest":"(sha256:[0-9a-f]{64})"/.exec(JSON.stringify(ociImage(other).descriptor))?.[1]
    expect(await counts(`${path}@${digest}`)).toBe(1)
    await expect(readImage(path)).rejects.toThrow('there are several images: shop/api:1.4, tool')
    await expect(readImage(`${path}:nope`)).rejects.toThrow('there is no such image; there is shop/api:1.4, tool')
    await expect(readImage(`${path}@sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('platforms', () => {
  it.each([true, false])('are chosen from an index (nested: %s), from those that are there', async (isNested) => {
    const path = layout(`multi-${isNested}`, await multi(isNested))
    expect((await read(path, 'linux/arm/v7')).subject.platform).toEqual({
      os: 'linux',
      architecture: 'arm',
      variant: 'v6',
    })
    expect((await read(path, 'linux/riscv64')).layers).toHaveLength(2)
    await expect(read(path, 'linux/s390x')).rejects.toThrow(
      'there is no image for linux/s390x; there is linux/arm/v6, linux/riscv64',
    )
    const { description } = await read(path)
    expect(description).toContain(`(linux/arm/v6, as there is none for ${formatPlatform(hostPlatform())})`)
  })

  it('must be the one asked for where there is only one', async () => {
    for (const path of [await archive('one.tar', legacyPieces(image)), layout('one', oci(image))]) {
      await expect(read(path, 'linux/mips64le')).rejects.toMatchObject({ code: 'usage' })
    }
  })

  it('that manifest.json lacks are taken from the index beside it', async () => {
    const pieces = [
      ...modernPieces(image).filter(({ name }) => name === 'manifest.json'),
      ...blobsOf(image),
      ...(await multi(false)),
    ]
    const path = await archive('both.tar', pieces)
    expect((await read(path)).layers).toHaveLength(3)
    expect((await read(path, 'linux/riscv64')).layers).toHaveLength(2)
  })
})

function blobsOf(one: SampleImage): Piece[] {
  return modernPieces(one).filter(({ name }) => name.startsWith('blobs/'))
}

describe('arguments', () => {
  it.each(['./nope.tar', '/nope', '../nope/', 'nope.tar.gz', 'nope.tar:tag', '~/nope', 'oci:nope', 'rootfs:nope'])(
    'say of %s that there is no such file',
    async (argument) => {
      await expect(readImage(argument)).rejects.toMatchObject({
        code: 'target_unreachable',
        message: 'no such file or directory',
      })
    },
  )

  it('that are found nowhere list what was tried', async () => {
    await expect(readImage('nothing-like-it:1.0')).rejects.toMatchObject({
      code: 'target_unreachable',
      message:
        'nothing-like-it:1.0 was not found: there is no file of this name; the Docker Engine is not running; ' +
        'Podman is not running; no registry was asked: this is offline',
    })
  })

  it.each([
    ['docker:a', 'the Docker Engine is not running'],
    ['podman:a', 'Podman is not running'],
    ['registry:a', 'no registry was asked: this is offline'],
    ['docker://a', 'no registry was asked: this is offline'],
  ])('with a prefix try nothing else: %s', async (argument, message) => {
    await expect(readImage(argument)).rejects.toMatchObject({ code: 'target_unreachable', message })
  })

  it.each(['', 'oci:', 'registry:', 'a\0b', 'x'.repeat(9000)])(
    'are refused when they cannot be meant: %j',
    async (argument) => {
      await expect(readImage(argument)).rejects.toMatchObject({ code: 'usage' })
    },
  )

  it('take a directory for what it looks like or is said to be, and not for something with tags', async () => {
    const path = join(folder.path, 'tree')
    mkdirSync(path)
    writeFileSync(join(path, 'file'), 'content')
    expect(await readImage(path)).toMatchObject({ subject: { kind: 'directory', name: path, layers: [] } })
    expect(await readImage(`dir:${path}`)).toMatchObject({ subject: { kind: 'rootfs', name: path, layers: [] } })
    mkdirSync(join(path, 'etc'))
    writeFileSync(join(path, 'etc/os-release'), 'ID=alpine')
    expect(await readImage(path)).toMatchObject({ subject: { kind: 'rootfs' } })
    expect(await readImage(`fs:${path}`)).toMatchObject({ subject: { kind: 'directory', name: path, layers: [] } })
    await expect(readImage(`dir:${path}:tag`)).rejects.toMatchObject({ message: 'no such file or directory' })
  })

  it("do not take another machine's engine", async () => {
    const env = { DOCKER_HOST: 'tcp://user:secret@10.0.0.1:2375' }
    await expect(readImage('docker:a', { env })).rejects.toMatchObject({
      code: 'usage',
      message: 'DOCKER_HOST does not name a unix socket: tcp://10.0.0.1:2375',
    })
    await expect(readImage('nothing-like-it', { env })).rejects.toThrow('DOCKER_HOST does not name a unix socket')
  })
})

describe('an archive that GNU tar and engines would read differently', () => {
  it.each(['none', 'gzip'] as const)('is refused: %s', async (packing) => {
    const ambiguous = memberOf(paxOf({ path: 'manifest.json' }, 'g'))
    const bytes = Buffer.concat([ambiguous, await tarOf(legacyPieces(image))])
    const path = join(folder.path, `ambiguous-${packing}.tar`)
    writeFileSync(path, packed(bytes, packing))
    const message = expect.stringContaining('the tar headers of manifest.json can be read in two ways')
    await expect(readImage(path)).rejects.toMatchObject({ code: 'malformed', message })
  })
})
