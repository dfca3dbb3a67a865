import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { packFeed, zip } from '../../test/helpers/feed-fixture.ts'
import { feedMembers } from './archive.ts'
import { archiveLimits } from './archive-limits.ts'
import type { FeedFile } from './source.ts'

const members = [
  { name: '../../etc/one.json', bytes: Buffer.from('{"one": 1}') },
  { name: 'two.txt', bytes: Buffer.from('two') },
  { name: 'three.json', bytes: Buffer.alloc(0) },
]

async function read(file: FeedFile | Buffer, wants = (name: string) => name.endsWith('.json')): Promise<unknown[]> {
  const feed = Buffer.isBuffer(file) ? { name: 'feed', open: () => [file] } : file
  const items = await Array.fromAsync(feedMembers(feed, { wants, signal: AbortSignal.timeout(20_000) }))
  return items.map((item) => ('dropped' in item ? item : { name: item.name, text: item.bytes.toString() }))
}

describe('a feed archive', () => {
  it('gives the wanted files of a zip; their names are only names', async () => {
    expect(await read(zip(members))).toEqual([
      { name: '../../etc/one.json', text: '{"one": 1}' },
      { name: 'three.json', text: '' },
    ])
  })

  it('gives the wanted files of a tar, gzipped or not', async () => {
    const packed = await packFeed('feed.tar.gz', members.slice(1))
    expect(await read(packed)).toEqual([{ name: 'three.json', text: '' }])
  })

  it('may be a single file, gzipped or not, in any pieces', async () => {
    const text = 'x'.repeat(3000)
    const packed = gzipSync(text)
    expect(await read(Buffer.from(text))).toEqual([{ name: 'feed', text }])
    const bytewise = { name: 'feed', open: () => [...packed].map((byte) => Uint8Array.of(byte)) }
    expect(await read(bytewise)).toEqual([{ name: 'feed', text }])
  })

  it('loses only the file whose content does not match its checksum', async () => {
    const packed = zip(members)
    const at = packed.indexOf('one.json', 0, 'latin1') + 'one.json'.length + 3
    packed[at] = (packed[at] ?? 0) ^ 0x10
    expect(await read(packed)).toEqual([
      { dropped: { at: '../../etc/one.json', reason: 'damaged in the zip' } },
      { name: 'three.json', text: '' },
    ])
  })

  it('drops a file that says it is too large, unread', async () => {
    const packed = zip(members)
    const directory = packed.indexOf('PK\u0001\u0002', 0, 'latin1')
    packed.writeUInt32LE(archiveLimits.memberBytes + 1, directory + 24)
    expect(await read(packed)).toContainEqual({
      dropped: { at: '../../etc/one.json', reason: 'larger than the limit' },
    })
  })

  it('is refused when it grows beyond all measure', async () => {
    const bomb = gzipSync(Buffer.alloc(archiveLimits.ratioFromBytes + 1024 * 1024))
    await expect(read(bomb)).rejects.toMatchObject({ code: 'limit_exceeded' })
    const large = Buffer.alloc(archiveLimits.ratioFromBytes / 2 + 1)
    const two = ['a', 'b'].map((name) => ({ name: `${name}.json`, bytes: large }))
    await expect(read(zip(two))).rejects.toMatchObject({ code: 'limit_exceeded' })
  })

  it('is malformed when it is cut off', async () => {
    const whole = zip(members)
    await expect(read(whole.subarray(0, whole.length - 5))).rejects.toMatchObject({ code: 'malformed' })
    const packed = gzipSync('y'.repeat(100))
    await expect(read(packed.subarray(0, packed.length - 9))).rejects.toMatchObject({ code: 'malformed' })
  })

  it('passes on what the place it is read from says', async () => {
    const file: FeedFile = {
      name: 'feed',
      async *open() {
        yield gzipSync('z'.repeat(2000)).subarray(0, 20)
        throw new Error('the disk is gone')
      },
    }
    await expect(read(file)).rejects.toThrow('the disk is gone')
  })
})
