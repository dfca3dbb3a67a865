/** The same image, wherever it comes from. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Probe, Selector } from '../../src/image/entry.ts'
import { describeShared, hasProgram, shared } from '../helpers/components.ts'
import { type DockerEngine, startDockerEngine } from '../helpers/docker-engine.ts'
import { comparable, readImage } from '../helpers/image-reading.ts'

const reference = 'acme/shop-api:1.4.2'
const layout = shared('images', 'oci')

/** Of every file the digest of its content, so that equal means equal bytes. */
const digests: Selector = { wants: () => false, probe: digestProbe }

function digestProbe(): Probe {
  const hash = createHash('sha256')
  return { write: (chunk) => void hash.update(chunk), end: () => hash.digest() }
}

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>
let expected: object

function copy(from: string, to: string, ...options: string[]): void {
  execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', ...options, from, to], { stdio: 'pipe' })
}

function manifestText(directory: string): string {
  const { manifests } = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as {
    manifests: { digest: string }[]
  }
  return readFileSync(join(directory, 'blobs', (manifests[0]?.digest ?? '').replace(':', '/')), 'utf8')
}

async function read(argument: string, env: Record<string, string> = {}): Promise<object> {
  return comparable(await readImage(argument, { selector: digests, env }))
}

describeShared('sources', () => {
  describe.skipIf(!hasProgram('skopeo'))('made by skopeo (needs skopeo)', () => {
    beforeAll(async () => {
      folder = await mkdtempDisposable(join(tmpdir(), 'seawall-sources-'))
      expected = await read(`${layout}:${reference}`)
      copy(`oci:${layout}:${reference}`, `docker-archive:${folder.path}/saved.tar:${reference}`)
    })

    afterAll(() => folder?.remove())

    it('have layers, build steps and nothing unknown to begin with', () => {
      expect(expected).toMatchObject({ unknowns: [] })
      expect((expected as { layers: unknown[] }).layers).toHaveLength(15)
    })

    it('a docker archive', async () => {
      expect(await read(join(folder.path, 'saved.tar'))).toEqual(expected)
      expect(await read(`${join(folder.path, 'saved.tar')}:${reference}`)).toEqual(expected)
    })

    it('a docker archive compressed as a whole', async () => {
      execFileSync('gzip', ['-1', '-k', join(folder.path, 'saved.tar')])
      expect(await read(join(folder.path, 'saved.tar.gz'))).toEqual(expected)
      execFileSync('zstd', ['-q', '-1', join(folder.path, 'saved.tar')])
      expect(await read(join(folder.path, 'saved.tar.zst'))).toEqual(expected)
    })

    it('an OCI archive', async () => {
      copy(`oci:${layout}:${reference}`, `oci-archive:${folder.path}/oci.tar:${reference}`)
      expect(await read(join(folder.path, 'oci.tar'))).toEqual(expected)
    })

    it('an OCI layout with layers in zstd', async () => {
      copy(`docker-archive:${folder.path}/saved.tar`, `oci:${folder.path}/zstd:a`, '--dest-compress-format', 'zstd')
      expect(manifestText(join(folder.path, 'zstd'))).toContain('tar+zstd')
      expect(await read(join(folder.path, 'zstd'))).toEqual(expected)
    })

    it('an OCI layout with layers not compressed', async () => {
      copy(
        `docker-archive:${folder.path}/saved.tar`,
        `oci:${folder.path}/plain:a`,
        '--dest-oci-accept-uncompressed-layers',
      )
      const [bottom] = (expected as { layers: { diffId: string }[] }).layers
      expect(manifestText(join(folder.path, 'plain'))).toContain(`"${bottom?.diffId}"`)
      expect(await read(join(folder.path, 'plain'))).toEqual(expected)
    })

    it('a directory whose name is also a prefix', async () => {
      const before = process.cwd()
      process.chdir(shared('images'))
      try {
        expect(await read(`oci:${reference}`)).toEqual(expected)
      } finally {
        process.chdir(before)
      }
    })

    describe.skipIf(!hasProgram('dockerd'))('and a Docker Engine (needs dockerd)', () => {
      let engine: DockerEngine

      beforeAll(async () => {
        engine = await startDockerEngine(join(folder.path, 'docker'))
        engine.docker('load', '-q', '-i', join(folder.path, 'saved.tar'))
      })

      afterAll(() => engine[Symbol.asyncDispose]())

      it('by reference, by id, and with a prefix', async () => {
        const env = { DOCKER_HOST: engine.host }
        expect(await read(reference, env)).toEqual(expected)
        expect(await read(`docker:${reference}`, env)).toEqual(expected)
        const id = engine.docker('images', '-q', reference)
        expect(await read(id, env)).toEqual(expected)
      })

      it('that does not have the image says so', async () => {
        const reading = read('docker:acme/nothing:1', { DOCKER_HOST: engine.host })
        await expect(reading).rejects.toMatchObject({
          code: 'target_unreachable',
          message: 'the Docker Engine has no image acme/nothing:1',
        })
      })
    })
  })
})
