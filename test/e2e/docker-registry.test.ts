import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LayerContents, Selector } from '#image/entry.ts'
import { readLayer } from '#image/layer.ts'
import { imageLimits } from '#image/limits.ts'
import { parseReference } from '#image/reference.ts'
import { openRegistry, type RegistryOptions } from '#image/registry/registry-target.ts'
import type { TargetContents } from '#image/target.ts'
import type { Context } from '#kit/context.ts'
import { type Certificates, makeCertificates } from '../helpers/certificates.ts'
import { describeWith, shared } from '../helpers/components.ts'
import { type DockerRegistry, type DockerRegistryOptions, startDockerRegistry } from '../helpers/docker-registry.ts'
import { contentOfLayout, sha256, startFakeRegistry } from '../helpers/fake-registry.ts'
import { readHashing } from '../helpers/image-reading.ts'

const layout = shared('images/oci')
const image = 'acme/shop-api:1.4.2'
const user = { name: 'ann', password: 'a:b c' }
const selector: Selector = { wants: (path) => path.endsWith('.json') || path.includes('dpkg'), probe: () => undefined }
const { signal } = new AbortController()

describe.skipIf(!existsSync(layout))('with ../shared', () => {
  describeWith(['docker-registry', 'skopeo', 'htpasswd', 'openssl'], 'a real docker-registry', () => {
    let dir: string
    let expected: string
    let certificates: Certificates
    let registry: DockerRegistry | undefined

    beforeAll(async () => {
      dir = mkdtempSync(join(tmpdir(), 'docker-registry-test-'))
      certificates = makeCertificates(dir)
      expected = fingerprint(await layersOfLayout())
    })
    afterAll(() => rmSync(dir, { recursive: true }))
    beforeEach(() => rmSync(join(dir, 'config.json'), { force: true }))
    afterEach(async () => {
      await registry?.[Symbol.asyncDispose]()
      registry = undefined
    })

    async function filled(options: DockerRegistryOptions = {}): Promise<string> {
      registry = await startDockerRegistry(options)
      registry.fill(layout, image)
      return registry.host
    }

    function login(host: string, password: string): void {
      const auth = Buffer.from(`${user.name}:${password}`).toString('base64')
      writeFileSync(join(dir, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }))
    }

    async function pull(reference: string, options: RegistryOptions = {}): Promise<TargetContents> {
      const env: Context['env'] = { HOME: dir, DOCKER_CONFIG: dir, PATH: process.env['PATH'] }
      const context: Context = { signal, env, now: () => new Date(), progress: () => {} }
      await using target = await openRegistry(
        parseReference(reference),
        { readLayer: readHashing, ...options },
        context,
      )
      return await target.read(selector)
    }

    it('gives the same layers as the layout it was filled from', async () => {
      const { layers, subject, unknowns } = await pull(`${await filled()}/${image}`)
      expect(unknowns).toEqual([])
      expect(fingerprint(layers)).toBe(expected)
      expect(subject.layers).toHaveLength(15)
      expect(layers.map(({ diffId }) => diffId)).toEqual(subject.layers.map(({ diffId }) => diffId))
    })

    it('gives the same by digest', async () => {
      const host = await filled()
      const { subject, layers } = await pull(`${host}/${image}`)
      const again = await pull(`${host}/acme/shop-api@${subject.digest}`)
      expect(again.subject.digest).toBe(subject.digest)
      expect(fingerprint(again.layers)).toBe(fingerprint(layers))
    })

    it('does not know other tags', async () => {
      const host = await filled()
      await expect(pull(`${host}/acme/shop-api:0`)).rejects.toMatchObject({ code: 'target_unreachable' })
      await expect(pull(`${host}/acme/other:1`)).rejects.toMatchObject({ code: 'target_unreachable' })
    })

    it('asks for a password', async () => {
      const host = await filled({ user })
      await expect(pull(`${host}/${image}`)).rejects.toMatchObject({ code: 'not_authorised' })
      login(host, 'wrong')
      await expect(pull(`${host}/${image}`)).rejects.toMatchObject({ code: 'not_authorised' })
      login(host, user.password)
      expect(fingerprint((await pull(`${host}/${image}`)).layers)).toBe(expected)
    })

    it('speaks TLS under a private authority', async () => {
      const host = await filled({ tls: certificates, user })
      login(host, user.password)
      await expect(pull(`${host}/${image}`)).rejects.toMatchObject({
        code: 'target_unreachable',
        message: expect.stringContaining('not trusted'),
      })
      const { layers } = await pull(`${host}/${image}`, { caFile: certificates.caFile })
      expect(fingerprint(layers)).toBe(expected)
    })
  })

  it('reads a real image over connections that keep breaking', async () => {
    const content = contentOfLayout(layout)
    await using registry = await startFakeRegistry(content, { cutBlobsAfter: 8 * 1024 ** 2 })
    const digest = sha256(content.manifests.get(image)?.body ?? Buffer.of())
    const context: Context = { signal, env: {}, now: () => new Date(), progress: () => {} }
    const reference = parseReference(`${registry.host}/acme/shop-api@${digest}`)
    await using target = await openRegistry(reference, { readLayer: readHashing }, context)
    const { layers } = await target.read(selector)
    expect(fingerprint(layers)).toBe(fingerprint(await layersOfLayout()))
    expect(registry.seen.filter(({ range }) => range !== undefined).length).toBeGreaterThan(2)
  })
})

async function layersOfLayout(): Promise<LayerContents[]> {
  const blob = (digest: string) => join(layout, 'blobs', digest.replace(':', '/'))
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'))
  const names = index.manifests.map(({ annotations }: any) => annotations['org.opencontainers.image.ref.name'])
  const manifest = JSON.parse(readFileSync(blob(index.manifests[names.indexOf(image)].digest), 'utf8'))
  const contents: LayerContents[] = []
  for (const { digest } of manifest.layers) {
    const options = { selector, limits: imageLimits, signal, name: 'layer', hashDiffId: true }
    contents.push(await readLayer(createReadStream(blob(digest)), options))
  }
  return contents
}

/** Equal for equal contents; comparing buffers one by one takes minutes. */
function fingerprint(layers: readonly LayerContents[]): string {
  const plain = layers.map((layer) => ({
    ...layer,
    entries: layer.entries.map((entry) => ({ ...entry, content: entry.content?.toString('base64') })),
  }))
  return createHash('sha256').update(JSON.stringify(plain)).digest('hex')
}
