/** Layers with a table of contents: ours against what the tools of others read and write. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import type { Selector } from '#image/entry.ts'
import { readBlob } from '#image/layer-reader.ts'
import { partialReader } from '#image/partial/partial-reader.ts'
import { parseReference } from '#image/reference.ts'
import { openRegistry } from '#image/registry/registry-target.ts'
import type { TargetContents } from '#image/target.ts'
import { describeShared, describeWith, shared } from '../helpers/components.ts'
import { startDockerRegistry } from '../helpers/docker-registry.ts'
import { contentOfLayout } from '../helpers/fake-registry.ts'
import { chunkedLayer, estargzLayer } from '../helpers/indexed-layer.ts'
import { temporaryDirectory } from '../helpers/seawall.ts'

const image = 'acme/debian:12.15-slim'

describeShared('layers with a table of contents', () => {
  describeWith(['tar', 'gzip', 'zstd'], 'as our tests make them', () => {
    it.each([
      ['gzip', estargzLayer, ['stargz.index.json']],
      ['zstd', chunkedLayer, []],
    ] as const)('are ordinary archives for %s and tar', (program, build, more) => {
      using home = temporaryDirectory()
      const archive = archiveOf(image)
      const [plain, indexed] = [join(home.path, 'plain'), join(home.path, 'indexed')]
      writeFileSync(plain, archive)
      writeFileSync(indexed, build(archive).blob)
      execFileSync(program, ['-t', '-q'], { input: build(archive).blob })
      expect(listed(indexed, `--${program}`)).toEqual([...listed(plain), ...more])
    })
  })

  describeWith(['podman', 'docker-registry', 'skopeo'], 'as Podman makes them', () => {
    it('are read by their table, to the same contents', async () => {
      using home = temporaryDirectory()
      const at = (name: string): string => join(home.path, name)
      const storage = ['--root', at('root'), '--runroot', at('run'), '--storage-driver', 'vfs']
      await using registry = await startDockerRegistry()
      const copying = ['--insecure-policy', 'copy', '-q', `oci:${shared('images/oci')}:${image}`]
      execFileSync('skopeo', [...copying, `docker-archive:${at('saved.tar')}:docker.io/library/sample:1`])
      execFileSync('podman', [...storage, 'load', '-q', '-i', at('saved.tar')], { stdio: 'pipe' })
      const pushing = ['push', '-q', '--tls-verify=false', '--compression-format', 'zstd:chunked', '--format', 'oci']
      const name = `${registry.host}/sample:1`
      execFileSync('podman', [...storage, ...pushing, 'docker.io/library/sample:1', `docker://${name}`], {
        stdio: 'pipe',
      })
      const [part, whole] = [await pull(name, true), await pull(name, false)]
      expect(part.layers.map(({ reading }) => reading)).toEqual([{ by: 'zstd-chunked' }])
      expect(part.layers.map(({ entries }) => entries)).toEqual(whole.layers.map(({ entries }) => entries))
      expect(part.transfer?.transferred).toBeLessThan((whole.transfer?.transferred ?? 0) / 20)
    })
  })
})

const selector: Selector = { wants: (path) => /dpkg\/status|os-release/.test(path), probe: () => undefined }

async function pull(name: string, isPartial: boolean): Promise<TargetContents> {
  const { signal } = new AbortController()
  const context = { signal, env: {}, now: () => new Date(), progress: () => {} }
  const readLayer = isPartial ? partialReader(readBlob) : readBlob
  await using target = await openRegistry(parseReference(name), { readLayer }, context)
  return await target.read(selector)
}

function archiveOf(name: string): Buffer {
  const content = contentOfLayout(shared('images/oci'))
  const { layers } = JSON.parse(content.manifests.get(name)?.body.toString() ?? '')
  return gunzipSync(content.blobs.get(layers[0].digest) ?? Buffer.of())
}

function listed(file: string, ...options: string[]): string[] {
  const listing = execFileSync('tar', ['-t', ...options, '-f', file], { maxBuffer: 64 * 1024 ** 2 })
  return listing.toString().trimEnd().split('\n')
}
