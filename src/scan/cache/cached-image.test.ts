import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LayerContents } from '#image/entry.ts'
import { imageLimits } from '#image/limits.ts'
import type { TargetContents } from '#image/target.ts'
import { selectorOf } from '#inventory/selector.ts'
import { cachedImages } from './cached-image.ts'
import { LayerCache } from './layer-cache.ts'

const id = `sha256:${'1'.repeat(64)}`
const request = {
  selector: selectorOf((path) => path.endsWith('status'), []),
  limits: imageLimits,
  signal: new AbortController().signal,
}

function layer(name: string, diffId = `sha256:${name}`): LayerContents {
  const entry = { path: name, type: 'file', size: 3, mode: 0o644, uid: 0, gid: 0, linkTarget: undefined } as const
  return { entries: [{ ...entry, content: undefined }], unknowns: [], refusals: 0, bytes: 1024, diffId }
}

function imageOf(digest: string, ...layers: readonly LayerContents[]): TargetContents {
  const platform = { os: 'linux', architecture: 'amd64' }
  const described = layers.map(({ diffId = '' }, index) => ({ createdBy: `step ${index}`, index, diffId }))
  return { subject: { kind: 'docker-engine', name: 'a', digest, platform, layers: described }, layers, unknowns: [] }
}

/** How often an image is asked for when it is read twice. */
async function readsOf(image: TargetContents, called = id): Promise<number> {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'seawall-cache-'))
  await using cache = await LayerCache.open({
    path: dir.path,
    limitBytes: 1e6,
    note: () => undefined,
    now: () => new Date(),
  })
  let reads = 0
  const read = async () => {
    reads += 1
    return image
  }
  for (let round = 0; round < 2; round += 1) {
    const { subject, ...contents } = await cachedImages(cache)({ id: called, read }, request)
    expect({ ...contents, subject: { ...subject, name: 'a' } }).toEqual(image)
    expect(JSON.stringify(subject.layers)).toBe(JSON.stringify(image.subject.layers))
  }
  return reads
}

describe('an image that an engine gives as a whole', () => {
  it('is asked for once', async () => {
    expect(await readsOf(imageOf(id, layer('a'), layer('b'), layer('a')))).toBe(1)
    expect(await readsOf(imageOf(id, layer('a')), id.slice('sha256:'.length))).toBe(1)
  })

  const sound = imageOf(id, layer('a'))
  it.each([
    ['whose configuration has another digest', imageOf(`sha256:${'2'.repeat(64)}`, layer('a'))],
    ['with a layer that is not what it claims', { ...sound, layers: [layer('a', 'sha256:other')] }],
    ['with anything else wrong', { ...sound, unknowns: [{ path: 'image', reason: 'odd' }] }],
    ['with a file that broke a limit', imageOf(id, layer('status'))],
  ])('is asked for every time: one %s', async (_, image) => {
    expect(await readsOf(image)).toBe(2)
  })
})
