import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  addBlob,
  addImage,
  addIndex,
  addManifest,
  emptyContent,
  sha256,
  tarOf,
} from '../../../test/helpers/fake-registry.ts'
import { everything, Pulling, quickOptions, sampleContent, textsOf } from '../../../test/helpers/pulling.ts'
import { imageLimits } from '../limits.ts'
import { parseReference } from '../reference.ts'
import { openRegistry } from './registry-target.ts'

const noise = Buffer.from(Array.from({ length: 60_000 }, (_, index) => (index * index * 31) % 251))
let pulling: Pulling
beforeEach(() => {
  pulling = new Pulling()
})
afterEach(() => pulling[Symbol.asyncDispose]())

describe('openRegistry', () => {
  it('reads the layers of an image, bottom first', async () => {
    const { host, content } = await pulling.start(await sampleContent())
    const contents = await pulling.pull(`${host}/team/app:1`)
    expect(textsOf(contents)).toEqual([{ 'etc/a': 'one' }, { 'etc/b': 'two' }])
    expect(contents.unknowns).toEqual([])
    expect(contents.subject).toMatchObject({
      kind: 'registry',
      name: `${host}/team/app:1`,
      digest: sha256(content.manifests.get('1')?.body ?? Buffer.of()),
      platform: { os: 'linux', architecture: 'amd64' },
    })
    expect(contents.subject.layers).toHaveLength(2)
  })

  it('can read twice and tells how far it is', async () => {
    const { host } = await pulling.start(await sampleContent())
    await using target = await openRegistry(parseReference(`${host}/app:1`), quickOptions, pulling.context())
    expect(target.description).toContain(`${host}/app:1`)
    expect(await target.read(everything)).toEqual(await target.read(everything))
    const last = pulling.steps.at(-1)
    expect(last).toMatchObject({ task: 'downloading', unit: 'bytes', finished: true, done: last?.total })
  })

  it('reads a digest that the manifest has', async () => {
    const { host, content } = await pulling.start(await sampleContent())
    const digest = sha256(content.manifests.get('1')?.body ?? Buffer.of())
    expect((await pulling.pull(`${host}/app@${digest}`)).subject.digest).toBe(digest)
  })

  it('fetches a blob once when two layers share it', async () => {
    const content = emptyContent()
    const layer = await tarOf({ a: 'x' })
    addImage(content, { tag: '1', layers: [layer, layer] })
    const { host, seen } = await pulling.start(content)
    expect(textsOf(await pulling.pull(`${host}/app:1`))).toEqual([{ a: 'x' }, { a: 'x' }])
    expect(seen.filter(({ url }) => url.includes('/blobs/'))).toHaveLength(2)
  })

  it('chooses the platform that was asked for, and never an attestation', async () => {
    const content = emptyContent()
    const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }))
    const images = []
    for (const platform of platforms) {
      images.push(addImage(content, { platform, layers: [await tarOf({ arch: platform.architecture })] }))
    }
    const attestation = { ...addImage(content, { layers: [] }), platform: { os: 'unknown', architecture: 'unknown' } }
    addIndex(content, { tag: '1', manifests: [attestation, ...images] })
    const { host } = await pulling.start(content)
    for (const platform of platforms) {
      expect(textsOf(await pulling.pull(`${host}/app:1`, { platform }))).toEqual([{ arch: platform.architecture }])
    }
    await expect(
      pulling.pull(`${host}/app:1`, { platform: { os: 'linux', architecture: 's390x' } }),
    ).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('linux/arm64'),
    })
  })

  it('finds an image behind an index within an index', async () => {
    const content = emptyContent()
    const image = addImage(content, { layers: [await tarOf({ a: 'deep' })] })
    const inner = addIndex(content, { manifests: [image] })
    addIndex(content, { tag: '1', manifests: [{ ...inner, platform: { os: 'linux', architecture: 'amd64' } }] })
    const { host } = await pulling.start(content)
    expect(textsOf(await pulling.pull(`${host}/app:1`))).toEqual([{ a: 'deep' }])
  })

  it.each(['999.999.999.999/app', '1.2.3.4.5/app', '[::::]:80/app'])('refuses the registry of %s', async (name) => {
    await expect(pulling.pull(name)).rejects.toMatchObject({ code: 'usage' })
  })

  it('says that an image does not exist', async () => {
    const { host } = await pulling.start(await sampleContent())
    await expect(pulling.pull(`${host}/app:2`)).rejects.toMatchObject({
      code: 'target_unreachable',
      message: `${host} has no image ${host}/app:2`,
    })
  })

  it('reports a vendor layer that the registry does not have, and follows no urls', async () => {
    const content = emptyContent()
    const layers = [await tarOf({ base: 'x' }), await tarOf({ app: 'y' })]
    const trap = await pulling.start(emptyContent())
    addImage(content, {
      tag: '1',
      layers,
      describe: (descriptor, index) =>
        index === 0
          ? {
              ...descriptor,
              mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
              urls: [`${trap.origin}/layer`],
            }
          : descriptor,
    })
    content.blobs.delete(sha256(gzipSync(layers[0] ?? Buffer.of())))
    const { host } = await pulling.start(content)
    const contents = await pulling.pull(`${host}/app:1`)
    expect(textsOf(contents)).toEqual([{}, { app: 'y' }])
    expect(contents.unknowns).toEqual([{ path: 'layer 0', reason: expect.stringContaining('vendor') }])
    expect(trap.seen).toEqual([])
  })

  it('does not accept that an ordinary layer is missing', async () => {
    const content = await sampleContent()
    const layer = [...content.blobs.keys()][0] ?? ''
    content.blobs.delete(layer)
    const { host } = await pulling.start(content)
    await expect(pulling.pull(`${host}/app:1`)).rejects.toMatchObject({ code: 'target_unreachable' })
  })

  it('refuses what is not an image', async () => {
    const content = emptyContent()
    const config = addBlob(content, 'application/vnd.cncf.helm.config.v1+json', Buffer.from('{}'))
    const type = 'application/vnd.oci.image.manifest.v1+json'
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [] }))
    addManifest(content, type, body, '1')
    const { host } = await pulling.start(content)
    await expect(pulling.pull(`${host}/chart:1`)).rejects.toMatchObject({ code: 'usage' })
  })

  it('goes by what a manifest is, not by what its headers say', async () => {
    const content = await sampleContent()
    const body = content.manifests.get('1')?.body ?? Buffer.of()
    const { host } = await pulling.start(content, {
      before: (incoming, response) => {
        if (incoming.url?.endsWith('/manifests/1') !== true) return false
        response.writeHead(200, { 'content-type': 'text/html' }).end(body)
        return true
      },
    })
    expect(textsOf(await pulling.pull(`${host}/app:1`))).toHaveLength(2)
  })
})

describe('content that is not what was promised', () => {
  it.each([
    ['other bytes of the same size', (bytes: Buffer) => Buffer.alloc(bytes.byteLength, 7), 'expected sha256:'],
    ['other bytes that can be read', () => gzipSync(noise), 'bytes, got'],
    ['fewer bytes', (bytes: Buffer) => bytes.subarray(0, -1), 'bytes, got'],
    ['more bytes', (bytes: Buffer) => Buffer.from([...bytes, 0]), 'got more'],
    [
      'a changed byte',
      (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 9 ? byte ^ 4 : byte))),
      'expected sha256:',
    ],
  ])('is refused as a layer: %s', async (_, change, message) => {
    const content = await sampleContent()
    const layer = [...content.blobs.keys()][0] ?? ''
    content.blobs.set(layer, change(content.blobs.get(layer) ?? Buffer.of()))
    const { host } = await pulling.start(content)
    const problem = await pulling.pull(`${host}/app:1`).catch((error: unknown) => error)
    expect(problem).toMatchObject({ code: 'malformed', message: expect.stringContaining(message) })
    expect(String(problem)).toContain(host)
  })

  it('is refused as a layer, and not taken for damage, before its end is seen', async () => {
    const content = emptyContent()
    const layer = await tarOf({ big: Buffer.from(Array.from({ length: 1_500_000 }, (_, at) => (at * at * at) >>> 7)) })
    addImage(content, { tag: '1', layers: [layer] })
    const digest = sha256(gzipSync(layer))
    content.blobs.set(digest, Buffer.alloc(content.blobs.get(digest)?.byteLength ?? 0, 7))
    const { host } = await pulling.start(content)
    await expect(pulling.pull(`${host}/app:1`)).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(`expected ${digest}, got sha256:`),
    })
  })

  it('is refused as a configuration', async () => {
    const content = await sampleContent()
    const config = [...content.blobs.keys()].at(-1) ?? ''
    content.blobs.set(config, Buffer.from(String(content.blobs.get(config)).replace('amd64', 'arm64')))
    const { host } = await pulling.start(content)
    await expect(pulling.pull(`${host}/app:1`)).rejects.toMatchObject({ code: 'malformed' })
  })

  it('is refused as a manifest asked for by digest', async () => {
    const content = await sampleContent()
    const other = addImage(content, { layers: [] })
    content.manifests.set(other.digest, { body: Buffer.from('{}'), mediaType: other.mediaType })
    const { host } = await pulling.start(content)
    await expect(pulling.pull(`${host}/app@${other.digest}`)).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringMatching(`expected ${other.digest}, got sha256:`),
    })
  })

  it('is refused as a manifest whose header names another digest', async () => {
    const content = await sampleContent()
    const { host } = await pulling.start(content, {
      before: (incoming, response) => {
        if (incoming.url?.endsWith('/manifests/1') !== true) return false
        response.setHeader('docker-content-digest', `sha256:${'0'.repeat(64)}`)
        response.end(content.manifests.get('1')?.body)
        return true
      },
    })
    await expect(pulling.pull(`${host}/app:1`)).rejects.toMatchObject({ code: 'malformed' })
  })

  it.each([
    ['manifest', '/manifests/1'],
    ['configuration', '/blobs/'],
  ])('is not read without end: %s', async (_, path) => {
    const { host } = await pulling.start(await sampleContent(), {
      before: (incoming, response) => {
        if (incoming.url?.includes(path) !== true) return false
        const pour = () => {
          while (response.write(noise));
        }
        response.on('drain', pour)
        pour()
        return true
      },
    })
    const limits = { ...imageLimits, documentBytes: 100_000 }
    const problem = await pulling.pull(`${host}/app:1`, { limits }).catch((error: unknown) => error)
    expect(problem).toMatchObject({ code: expect.stringMatching(/^(?:limit_exceeded|malformed)$/) })
  })

  it('is not waited for: a layer that drips', async () => {
    const content = await sampleContent()
    const layer = [...content.blobs.keys()][0] ?? ''
    const { host } = await pulling.start(content, {
      before: (incoming, response) => {
        if (incoming.url?.endsWith(layer) !== true) return false
        response.write(content.blobs.get(layer)?.subarray(0, 1))
        const timer = setInterval(() => response.write('.'), 20)
        response.on('close', () => clearInterval(timer))
        return true
      },
    })
    await expect(pulling.pull(`${host}/app:1`, { timeoutMs: 200 })).rejects.toMatchObject({ code: expect.any(String) })
  })
})

describe('bad networks', () => {
  it.each([
    ['resumes', false],
    ['starts over when ranges are ignored', true],
  ])('a blob that is cut: %s', async (_, ignoresRange) => {
    const content = emptyContent()
    addImage(content, { tag: '1', layers: [await tarOf({ noise })] })
    const size = Math.max(...[...content.blobs.values()].map((blob) => blob.byteLength))
    let cuts = 0
    const { host, seen } = await pulling.start(content, {
      cutBlobsAfter: ignoresRange ? Number.POSITIVE_INFINITY : Math.ceil(size / 3),
      ignoresRange,
      before: (incoming, response) => {
        const blob = content.blobs.get(incoming.url?.split('/').at(-1) ?? '')
        if (!ignoresRange || blob?.byteLength !== size || cuts++ > 0) return false
        response.writeHead(200, { 'content-length': size })
        response.write(blob.subarray(0, 100), () => setTimeout(() => response.destroy(), 10))
        return true
      },
    })
    expect(Object.keys(textsOf(await pulling.pull(`${host}/app:1`))[0] ?? {})).toEqual(['noise'])
    expect(seen.some(({ range }) => range !== undefined)).toBe(true)
  })

  it('waits as told when there are too many requests', async () => {
    let refusals = 0
    const { host } = await pulling.start(await sampleContent(), {
      before: (incoming, response) => {
        if (incoming.url?.includes('/manifests/') !== true || refusals++ > 1) return false
        response.writeHead(429, { 'retry-after': '1' }).end()
        return true
      },
    })
    expect(textsOf(await pulling.pull(`${host}/app:1`))).toHaveLength(2)
  })

  it('stops when it is interrupted', async () => {
    const content = await sampleContent()
    const controller = new AbortController()
    const { host } = await pulling.start(content, {
      before: (incoming) => {
        if (incoming.url?.includes('/blobs/') === true) controller.abort(new Error('interrupted'))
        return false
      },
    })
    await expect(pulling.pull(`${host}/app:1`, {}, pulling.context({}, controller.signal))).rejects.toThrow(
      'interrupted',
    )
  })
})
