import { existsSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type Selector } from '../../src/image/entry.ts'
import { describeShared, shared } from '../helpers/components.ts'
import { readImage } from '../helpers/image-reading.ts'

const databases: Selector = {
  wants: (path) => /(?:^|\/)(?:lib\/apk\/db\/installed|var\/lib\/dpkg\/status|etc\/os-release)$/.test(path),
  probe: () => undefined,
}

/** What cannot be read, and why: each by its name. */
const unreadable: Readonly<Record<string, { readonly code: string; readonly message: string }>> = {
  // Trimmed by its authors: the layer is shorter than its descriptor says.
  'real/snyk-oci-alpine-3.12.0.tar': { code: 'malformed', message: 'has 6165 bytes, not 2797541' },
  // Layers, not images.
  'layer-edge-cases/claircore-concat.tar': { code: 'malformed', message: 'neither manifest.json nor index.json' },
  'layer-edge-cases/dive-test-estargz-image.tar': {
    code: 'malformed',
    message: 'neither manifest.json nor index.json',
  },
  'layer-edge-cases/dive-test-gzip-image.tar': { code: 'malformed', message: 'neither manifest.json nor index.json' },
  'layer-edge-cases/dive-test-zstd-image.tar': { code: 'malformed', message: 'neither manifest.json nor index.json' },
  // The form of before 2015, without manifest.json.
  'layer-edge-cases/ggcr-no_manifest.tar': { code: 'malformed', message: 'neither manifest.json nor index.json' },
  'layer-edge-cases/ggcr-null_manifest.tar': { code: 'malformed', message: 'manifest.json lists no image' },
  // Two images: one must be chosen.
  'layer-edge-cases/ggcr-test_bundle.tar': {
    code: 'usage',
    message: 'there are several images: test_image_2, test_image_1',
  },
}

/** Trimmed by their authors, so that content and configuration do not agree. */
const trimmed: Readonly<Record<string, RegExp>> = {
  'real/snyk-dockergoof.tar': /in manifest.json: 4, in the configuration: 9/,
  'real/snyk-nginx.tar': /in manifest.json: 1, in the configuration: 3/,
  'real/snyk-nginx-os-release-link.tar': /in manifest.json: 1, in the configuration: 3/,
  'real/snyk-nginx-with-buildinfo.tar': /in manifest.json: 1, in the configuration: 3/,
  'real/snyk-skopeo-nginx.tar': /in manifest.json: 1, in the configuration: 3/,
  'real/snyk-skopeo-nginx-compressed-layers.tar': /in manifest.json: 1, in the configuration: 3/,
  'real/snyk-java.tar': /does not match its diff_id/,
  'real/snyk-java-windows.tar': /does not match its diff_id/,
}

function archivesIn(folder: string): string[] {
  const path = shared('images', folder)
  return existsSync(path)
    ? readdirSync(path)
        .filter((name) => name.endsWith('.tar'))
        .map((name) => `${folder}/${name}`)
    : []
}

const archives = ['real', 'layer-edge-cases'].flatMap(archivesIn)
const readable = archives.filter((name) => unreadable[name] === undefined)

describeShared('real image archives', () => {
  it.each(readable.filter((name) => trimmed[name] === undefined))(
    '%s opens and reads without a remark',
    async (name) => {
      const contents = await readImage(shared('images', name), { selector: databases })
      expect(contents.unknowns).toEqual([])
      expect(contents.layers).toHaveLength(contents.subject.layers.length)
      expect(contents.layers.flatMap(({ entries }) => entries).length).toBeGreaterThan(0)
      const promised = contents.subject.layers.map(({ diffId }) => diffId)
      expect(contents.layers.map(({ diffId }, index) => diffId ?? promised[index])).toEqual(promised)
    },
  )

  it.each(Object.entries(trimmed))('%s is read, and told to be trimmed', async (name, reason) => {
    const contents = await readImage(shared('images', name), { selector: databases })
    expect(contents.unknowns).toMatchObject([{ reason: expect.stringMatching(reason) }])
    expect(contents.layers.flatMap(({ entries }) => entries).length).toBeGreaterThan(0)
  })

  it.each(Object.entries(unreadable))('%s is refused with its reason', async (name, { code, message }) => {
    const reading = readImage(shared('images', name), { selector: databases })
    await expect(reading).rejects.toMatchObject({ name: 'Problem', code, message: expect.stringContaining(message) })
  })

  it.each([
    ['real/snyk-containerd-alpine.tar', 'lib/apk/db/installed'],
    ['real/snyk-cli-zstd-test-oci.tar', 'lib/apk/db/installed'],
    ['real/snyk-nginx.tar', 'var/lib/dpkg/status'],
    ['real/snyk-dockergoof.tar', 'var/lib/dpkg/status'],
  ])('%s holds its package database', async (name, path) => {
    const { layers } = await readImage(shared('images', name), { selector: databases })
    const kept = layers.flatMap(({ entries }) => entries).filter((entry) => entry.path === path)
    expect(kept.at(-1)?.content?.length).toBeGreaterThan(1000)
  })

  it.each([0, 1])('one of two images is chosen by its position: %d', async (position) => {
    const path = shared('images', 'layer-edge-cases/ggcr-test_bundle.tar')
    const [byPosition, byTag] = [
      await readImage(`${path}@${position}`),
      await readImage(`${path}:test_image_${2 - position}`),
    ]
    expect(byPosition.subject.digest).toBe(byTag.subject.digest)
  })
})
