import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type Member, paxOf, tarOf } from '../../test/helpers/tar-writer.ts'
import type { LayerContents, Probe, Selector } from './entry.ts'
import { readLayer } from './layer.ts'
import { type ImageLimits, imageLimits } from './limits.ts'

const nothing: Selector = { wants: () => false, probe: () => undefined }
const everything: Selector = { wants: () => true, probe: () => undefined }

interface Settings {
  readonly selector?: Selector
  readonly limits?: Partial<ImageLimits>
  readonly hashDiffId?: boolean
}

function read(archive: Buffer, settings: Settings = {}, chunkBytes = archive.length + 1): Promise<LayerContents> {
  const count = Math.ceil(archive.length / chunkBytes)
  const chunks = Array.from({ length: count }, (_, index) =>
    archive.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  )
  return readLayer(chunks, {
    selector: settings.selector ?? nothing,
    limits: { ...imageLimits, ...settings.limits },
    signal: new AbortController().signal,
    name: 'layer 3',
    hashDiffId: settings.hashDiffId ?? false,
  })
}

/** Path to content, for entries that have some. */
function kept({ entries }: LayerContents): Record<string, string> {
  return Object.fromEntries(
    entries.flatMap(({ path, content }) => (content ? [[path, content.toString('latin1')]] : [])),
  )
}

describe('a layer', () => {
  it('yields its entries with what the header says, and no content unless it is wanted', async () => {
    const archive = tarOf([
      { name: './', type: '5', mode: 0o755 },
      { name: './usr/bin/su', mode: 0o104755, uid: 0, gid: 5, content: 'binary' },
      { name: 'lib', type: '2', linkName: 'usr/lib', mode: 0o777 },
      { name: 'usr/bin/su2', type: '1', linkName: './usr/bin/su', size: 6 },
      { name: 'dev/null', type: '3', device: [1, 3] },
    ])
    const common = { uid: 0, gid: 0, linkTarget: undefined, content: undefined }
    expect(await read(archive)).toEqual({
      entries: [
        { ...common, path: '', type: 'directory', size: 0, mode: 0o755 },
        { ...common, path: 'usr/bin/su', type: 'file', size: 6, mode: 0o4755, gid: 5 },
        { ...common, path: 'lib', type: 'symlink', size: 0, mode: 0o777, linkTarget: 'usr/lib' },
        { ...common, path: 'usr/bin/su2', type: 'hardlink', size: 0, mode: 0o644, linkTarget: 'usr/bin/su' },
        { ...common, path: 'dev/null', type: 'character-device', size: 0, mode: 0o644 },
      ],
      unknowns: [],
      refusals: 0,
      bytes: archive.length,
      diffId: undefined,
    })
  })

  it('keeps the content of files that are wanted by their path, however they are cut', async () => {
    const selector: Selector = { wants: (path) => path.startsWith('etc/'), probe: () => undefined }
    const archive = tarOf([
      { name: 'etc/empty' },
      { name: 'etc/passwd', content: 'root'.repeat(300) },
      { name: 'usr/other', content: 'other' },
      { name: 'etc/dir', type: '5' },
    ])
    const expected = { 'etc/empty': '', 'etc/passwd': 'root'.repeat(300) }
    for (const size of [1, 100, 512, 5000]) expect(kept(await read(archive, { selector }, size))).toEqual(expected)
  })

  it('does not hold the chunks that a kept file came in', async () => {
    const { entries } = await read(
      tarOf([
        { name: 'a', content: 'abc' },
        { name: 'b', content: 'x'.repeat(5000) },
      ]),
      { selector: everything },
    )
    expect(entries.map(({ content }) => content?.buffer.byteLength)).toEqual([3, 5000])
  })

  it('names its uncompressed archive when asked, to the last byte', async () => {
    const archive = Buffer.concat([tarOf([{ name: 'a' }]), Buffer.alloc(9000)])
    const { diffId, bytes } = await read(gzipSync(archive), { hashDiffId: true })
    expect(diffId).toBe(`sha256:${createHash('sha256').update(archive).digest('hex')}`)
    expect(bytes).toBe(archive.length)
  })

  it('says with an unknown what it could not take in', async () => {
    const archive = tarOf([
      { name: '../escape' },
      { name: 'link', type: '1', linkName: '../../etc/shadow' },
      { name: 'empty', type: '2' },
      { name: 'multi', type: 'M', content: 'x' },
      { name: `long/${'n'.repeat(95)}` },
      paxOf({ path: `too/${'n'.repeat(256)}` }),
      { name: 'x' },
      { name: 'fine' },
    ])
    const { entries, unknowns } = await read(archive)
    expect(entries.map(({ path }) => path)).toEqual([`long/${'n'.repeat(95)}`, 'fine'])
    expect(unknowns).toEqual([
      { path: '/../escape', reason: 'its name has a `..` component or a NUL byte' },
      { path: '/link', reason: 'it is a hard link to a name with a `..` component or a NUL byte' },
      { path: '/empty', reason: 'it is a link without a usable target' },
      { path: '/multi', reason: 'it continues a file of another tape volume' },
      { path: `/too/${'n'.repeat(256)}`, reason: 'a part of its name is longer than any file system takes' },
    ])
  })

  it('takes a character device 0:0 for the whiteout that it is in overlayfs', async () => {
    const { entries } = await read(
      tarOf([
        { name: 'etc/gone', type: '3' },
        { name: 'top', type: '3' },
      ]),
    )
    expect(entries.map(({ path }) => path)).toEqual(['etc/.wh.gone', '.wh.top'])
  })
})

describe('a probe', () => {
  const seen: { head: string; size: number; rest: string }[] = []
  const selector: Selector = {
    wants: (path) => path === 'wanted',
    probe(head, size): Probe | undefined {
      const sample = { head: Buffer.from(head).toString(), size, rest: '' }
      seen.push(sample)
      return sample.head.startsWith('ELF')
        ? {
            write: (chunk) => (sample.rest += Buffer.from(chunk).toString()),
            end: () => Buffer.from(`${sample.rest.length} bytes`),
          }
        : undefined
    },
  }

  it('sees 64 bytes, then the whole file, of what is not wanted by path', async () => {
    const archive = tarOf([
      { name: 'wanted', content: 'ELF kept whole' },
      { name: 'tiny', content: 'ELF' },
      { name: 'script', content: '#!/bin/sh' },
      { name: 'empty' },
      { name: 'program', content: `ELF${'x'.repeat(5000)}` },
      { name: 'last', content: 'y'.repeat(100) },
    ])
    for (const size of [1, 40, 64, 65, 700, 9999]) {
      seen.length = 0
      const contents = await read(archive, { selector }, size)
      expect(kept(contents)).toEqual({ wanted: 'ELF kept whole', tiny: '3 bytes', program: '5003 bytes' })
      expect(seen.map(({ head, size: bytes }) => [head.length, bytes])).toEqual([
        [3, 3],
        [9, 9],
        [64, 5003],
        [64, 100],
      ])
      expect(seen[2]?.rest).toBe(`ELF${'x'.repeat(5000)}`)
    }
  })

  it('may keep nothing, or a small view of something large', async () => {
    const large = Buffer.alloc(100_000)
    const results = [undefined, large.subarray(0, 4)]
    const probing: Selector = {
      wants: () => false,
      probe: () => ({ write: () => undefined, end: () => results.shift() }),
    }
    const { entries } = await read(
      tarOf([
        { name: 'a', content: 'x' },
        { name: 'b', content: 'y' },
      ]),
      { selector: probing },
    )
    expect(entries.map(({ content }) => content?.buffer.byteLength)).toEqual([undefined, 4])
  })
})

describe('a limit', () => {
  const three: readonly Member[] = ['a', 'b', 'c'].map((name) => ({ name, content: 'x'.repeat(600) }))
  it.each<[string, readonly Member[], Partial<ImageLimits>, string]>([
    ['entries', three, { entries: 2 }, 'layer 3 has more than 2 entries'],
    ['bytes', three, { layerBytes: 2000 }, 'layer 3 has more than 2000 bytes'],
    ['depth', [{ name: 'a/b/c/d' }], { pathDepth: 3 }, 'layer 3 has a path of more than 3 components'],
    ['path length', [{ name: 'ü'.repeat(20) }], { pathBytes: 39 }, 'layer 3 has a path of more than 39 bytes'],
    ['time', three, { layerMs: 0 }, 'layer 3 took more than 0 ms'],
  ])('of %s names the layer and itself', async (_, members, limits, message) => {
    await expect(read(tarOf(members), { limits })).rejects.toMatchObject({ code: 'limit_exceeded', message })
  })

  it.each<[string, readonly Member[], Partial<ImageLimits>]>([
    ['entries', three, { entries: 3 }],
    ['bytes', three, { layerBytes: tarOf(three).length }],
    ['depth', [{ name: 'a/b/c' }], { pathDepth: 3 }],
    ['path length', [{ name: 'ü'.repeat(20) }], { pathBytes: 40 }],
  ])('of %s lets pass what just keeps it', async (_, members, limits) => {
    expect((await read(tarOf(members), { limits })).entries).toHaveLength(members.length)
  })

  it('of the size of a wanted file makes it an unknown', async () => {
    const contents = await read(tarOf(three), { selector: everything, limits: { keptFileBytes: 599 } })
    expect(kept(contents)).toEqual({})
    expect(contents.unknowns[0]).toEqual({ path: '/a', reason: 'it is larger than 599 bytes' })
    expect(contents.unknowns).toHaveLength(3)
  })

  it('of all wanted files makes those beyond it unknowns', async () => {
    const contents = await read(tarOf(three), { selector: everything, limits: { keptLayerBytes: 1200 } })
    expect(Object.keys(kept(contents))).toEqual(['a', 'b'])
    expect(contents.unknowns).toEqual([
      { path: '/c', reason: 'wanted files of this layer add up to more than 1200 bytes' },
    ])
  })

  it('of bytes counts the holes of sparse files that are looked into', async () => {
    const holes = [paxOf({ 'GNU.sparse.map': '0,1', 'GNU.sparse.size': `${2 ** 40}` }), { name: 'a', content: 'x' }]
    const probing: Selector = { wants: () => false, probe: () => ({ write: () => undefined, end: () => undefined }) }
    const reading = read(tarOf(holes), { selector: probing, limits: { layerBytes: 10_000_000 } })
    await expect(reading).rejects.toMatchObject({ code: 'limit_exceeded' })
  })

  it('of what is reported one by one leaves a count of the rest', async () => {
    const members = Array.from({ length: 10_005 }, () => ({ name: '../x' }))
    const { unknowns } = await read(tarOf(members))
    expect(unknowns).toHaveLength(10_001)
    expect(unknowns.at(-1)).toEqual({ path: 'layer 3', reason: '5 more entries could not be taken in' })
  })
})

describe('damage', () => {
  it('names the layer and the place', async () => {
    const archive = Buffer.concat([tarOf([{ name: 'a' }]).subarray(0, 512), Buffer.alloc(512, 'x')])
    await expect(read(archive)).rejects.toMatchObject({
      code: 'malformed',
      message: 'layer 3: a tar header has a wrong checksum',
      at: 'layer 3, byte 1024',
    })
  })

  it('ends where the caller aborts', async () => {
    const options = { selector: nothing, limits: imageLimits, name: 'layer 3' }
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(readLayer([tarOf([])], { ...options, signal })).rejects.toThrow('enough')
  })
})
