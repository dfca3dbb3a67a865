import { writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  json,
  legacyPieces,
  modernPieces,
  type SampleImage,
  sampleImage,
  sha256,
  tarOf,
} from '../../test/helpers/image-archive.ts'
import { comparable, readImage } from '../../test/helpers/image-reading.ts'
import type { ImageReader } from './image-reader.ts'
import { hostPlatform, parsePlatform } from './platform.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>
let server: Server
let socketPath: string
let image: SampleImage
let answer: Answer
let asked: string[] = []

beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'seawall-engine-'))
  socketPath = join(folder.path, 'engine.sock')
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  const { os, architecture } = hostPlatform()
  image = await sampleImage([[{ name: 'a', content: '1' }], [{ name: 'b', content: '2' }]], {
    platform: { os, architecture },
  })
})

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  await folder.remove()
})

/** An engine that has `shop/api:1` and nothing else. */
function engineWith(archive: Buffer): Answer {
  const id = `sha256:${sha256(image.config)}`
  const { os, architecture } = image.platform
  return (request, response) => {
    const path = request.url?.split('?')[0]
    if (path === '/images/shop/api:1/json')
      response.end(json({ Id: id, Os: os, Architecture: architecture, Variant: '', Size: 5 }))
    else if (path === `/images/${id}/get`) response.end(archive)
    else response.writeHead(404).end(json({ message: `No such image: ${path}` }))
  }
}

const read = (argument: string, more: Parameters<typeof readImage>[1] = {}) =>
  readImage(argument, {
    ...more,
    env: { DOCKER_HOST: `unix://${socketPath}`, CONTAINER_HOST: 'unix:///nowhere/podman.sock' },
  })

/** An engine that has the container `web` and nothing else. */
function engineWithContainer(archive: Buffer, more: object = { Config: { Image: 'shop/api:1' } }): Answer {
  return (request, response) => {
    if (request.url === '/containers/web/json') response.end(json({ Id: 'f00d', Name: '/web', ...more }))
    else if (request.url === '/containers/f00d/export') response.end(archive)
    else response.writeHead(404).end(json({ message: 'No such container' }))
  }
}

describe('a container', () => {
  const files = [
    { name: 'etc/', content: '' },
    { name: 'etc/a', content: '1' },
  ]

  it('is read as it is now, as one layer', async () => {
    answer = engineWithContainer(await tarOf(files))
    asked = []
    const contents = await read('container:web')
    expect(contents.subject).toEqual({ kind: 'container', name: 'web (shop/api:1)', layers: [] })
    expect(contents.description).toBe('the container web (shop/api:1) of the Docker Engine')
    expect(contents.layers).toHaveLength(1)
    expect(contents.layers[0]?.entries.find(({ path }) => path === 'etc/a')).toMatchObject({
      type: 'file',
      content: Buffer.from('1'),
    })
    expect(asked).toEqual(['/containers/web/json', '/containers/f00d/export'])
  })

  it.each([
    [{ ImageName: 'quay.io/shop/api:1', Config: { Image: 'other' } }, 'web (quay.io/shop/api:1)'],
    [{ Config: null }, 'web'],
  ])('is called with the image that it was made from: %j', async (more, name) => {
    answer = engineWithContainer(await tarOf(files), more)
    expect((await read('container:web')).subject.name).toBe(name)
  })

  it('may be one of Podman', async () => {
    answer = engineWithContainer(await tarOf(files))
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock', CONTAINER_HOST: `unix://${socketPath}` }
    expect((await readImage('container:web', { env })).description).toBe('the container web (shop/api:1) of Podman')
  })

  it('that is not there is said to be missing by the engine that answers', async () => {
    answer = engineWithContainer(Buffer.alloc(0))
    await expect(read('container:other')).rejects.toMatchObject({
      code: 'target_unreachable',
      message: 'the Docker Engine has no container other',
    })
  })

  it.each(['a/../../version', 'a?b', 'a/b', '-a', '..'])('is never asked for by %s', async (name) => {
    asked = []
    await expect(read(`container:${name}`)).rejects.toMatchObject({ code: 'usage' })
    expect(asked).toEqual([])
  })

  it('that breaks off or is no archive is a Problem', async () => {
    const archive = await tarOf(files)
    answer = engineWithContainer(archive.subarray(0, 700))
    await expect(read('container:web')).rejects.toMatchObject({ code: 'malformed' })
    answer = (request, response) => {
      if (request.url?.endsWith('/json') === true) response.end(json({ Id: 'f00d' }))
      else response.writeHead(500).end(json({ message: 'driver failed' }))
    }
    await expect(read('container:web')).rejects.toThrow('the Docker Engine answered 500: driver failed')
  })

  it('that costs too much meets the limits of a layer', async () => {
    answer = engineWithContainer(await tarOf(files))
    await expect(read('container:web', { limits: { entries: 1 } })).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'container web has more than 1 entries',
    })
  })
})

describe('a local engine', () => {
  it.each([
    ['before version 25', legacyPieces],
    ['since version 25', modernPieces],
  ])('gives the same as an archive it wrote %s', async (_, form) => {
    const archive = await tarOf(form(image))
    answer = engineWith(archive)
    writeFileSync(join(folder.path, 'saved.tar'), archive)
    const contents = await read('shop/api:1')
    expect(contents.subject).toMatchObject({
      kind: 'docker-engine',
      name: 'shop/api:1',
      digest: `sha256:${sha256(image.config)}`,
    })
    expect(contents.description).toBe('shop/api:1 from the Docker Engine')
    expect(comparable(contents)).toEqual(comparable(await readImage(join(folder.path, 'saved.tar'))))
  })

  it('is not asked for an image that is known already', async () => {
    answer = engineWith(await tarOf(modernPieces(image)))
    const known = await read('shop/api:1')
    const ids: string[] = []
    asked = []
    const readKnown: ImageReader = async ({ id }) => {
      ids.push(id)
      return { ...known, subject: { ...known.subject, name: 'older:1' } }
    }
    const again = await read('shop/api:1', { options: { readImage: readKnown } })
    expect(again).toEqual(known)
    expect(ids).toEqual([known.subject.digest])
    expect(asked.map((url) => url.split('?')[0])).toEqual(['/images/shop/api:1/json'])
  })

  it('is asked for the platform, and refused when it has another', async () => {
    answer = engineWith(await tarOf(legacyPieces(image)))
    asked = []
    await expect(
      read('docker:shop/api:1', { options: { platform: parsePlatform('linux/mips64le') } }),
    ).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('not for linux/mips64le'),
    })
    expect(decodeURIComponent(asked[0] ?? '')).toBe(
      '/images/shop/api:1/json?platform={"os":"linux","architecture":"mips64le"}',
    )
  })

  it('also answers as Podman', async () => {
    answer = engineWith(await tarOf(legacyPieces(image)))
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock', CONTAINER_HOST: `unix://${socketPath}` }
    const contents = await readImage('shop/api:1', { env })
    expect(contents.subject.kind).toBe('podman-engine')
    const runtime = { DOCKER_HOST: 'unix:///nowhere/docker.sock', XDG_RUNTIME_DIR: folder.path, CONTAINER_HOST: '' }
    await expect(readImage('podman:shop/api:1', { env: runtime })).rejects.toThrow('Podman is not running')
  })

  it('that does not have the image is named among what was tried', async () => {
    answer = engineWith(Buffer.alloc(0))
    await expect(read('docker:other:2')).rejects.toMatchObject({
      code: 'target_unreachable',
      message: 'the Docker Engine has no image other:2',
    })
    await expect(read('other:2')).rejects.toThrow(
      'the Docker Engine has no image other:2; Podman is not running; no registry',
    )
  })

  it('is never asked for what cannot name an image', async () => {
    asked = []
    await expect(read('docker:a/../../version')).rejects.toMatchObject({ code: 'target_unreachable' })
    await expect(read('docker:a?b#c')).rejects.toMatchObject({ code: 'target_unreachable' })
    expect(asked).toEqual([])
  })

  it.each<[string, Answer, string]>([
    [
      'fails',
      (_, response) => response.writeHead(500).end(json({ message: 'no space left' })),
      'the Docker Engine answered 500: no space left',
    ],
    [
      'fails without a reason',
      (_, response) => response.writeHead(503).end('<html>'),
      'the Docker Engine answered 503: no reason given',
    ],
    ['hangs up', (_, response) => response.destroy(), 'the Docker Engine failed (ECONNRESET)'],
    ['talks nonsense', (_, response) => response.end('hello'), 'this is not JSON'],
    ['talks of something else', (_, response) => response.end('{}'), 'Id: '],
  ])('that %s is a Problem', async (_, behaviour, message) => {
    answer = behaviour
    await expect(read('docker:shop/api:1')).rejects.toThrow(message)
    await expect(read('docker:shop/api:1')).rejects.toHaveProperty('name', 'Problem')
  })

  it('that breaks off in the middle of an image is a Problem', async () => {
    const archive = await tarOf(legacyPieces(image))
    const whole = engineWith(archive)
    answer = (request, response) => {
      if (request.url?.endsWith('/json') === true) whole(request, response)
      else {
        response.writeHead(200, { 'content-length': archive.length })
        response.write(archive.subarray(0, 700), () => response.destroy())
      }
    }
    await expect(read('docker:shop/api:1')).rejects.toMatchObject({
      code: 'target_unreachable',
      message: 'the Docker Engine broke off in the middle of its answer',
    })
  })

  it('that never answers is left when the user stops', async () => {
    const stop = new AbortController()
    answer = () => stop.abort(new Error('stopped by the user'))
    await expect(read('shop/api:1', { signal: stop.signal })).rejects.toThrow('stopped by the user')
  })

  it('that falls silent in the middle is left when the user stops', async () => {
    const stop = new AbortController()
    const archive = await tarOf(legacyPieces(image))
    const whole = engineWith(archive)
    answer = (request, response) => {
      if (request.url?.endsWith('/json') === true) whole(request, response)
      else
        response.write(archive.subarray(0, 700), () =>
          setTimeout(() => stop.abort(new Error('stopped by the user')), 20),
        )
    }
    await expect(read('shop/api:1', { signal: stop.signal })).rejects.toThrow('stopped by the user')
  })

  it('socket that is a plain file is no engine', async () => {
    const path = join(folder.path, 'file')
    writeFileSync(path, '')
    await expect(readImage('docker:a', { env: { DOCKER_HOST: `unix://${path}` } })).rejects.toMatchObject({
      code: 'target_unreachable',
      message: 'the Docker Engine is not running',
    })
  })
})
