import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Entry, LayerContents, Selector } from '#image/entry.ts'
import { overlay } from '#image/file-tree.ts'
import { readLayer } from '#image/layer.ts'
import { type ImageLimits, imageLimits } from '#image/limits.ts'
import { mapConcurrently } from '#kit/concurrency.ts'
import { Problem } from '#kit/errors.ts'
import { type Member, memberOf, paxOf, tarOf, writeChecksum } from '../helpers/tar-writer.ts'

const count = 100_000
const mebibyte = 1024 * 1024

const limits: ImageLimits = {
  ...imageLimits,
  entries: 1000,
  layerBytes: 64 * mebibyte,
  ratioFromBytes: mebibyte,
  keptFileBytes: mebibyte,
  keptLayerBytes: 2 * mebibyte,
  layerMs: 2000,
}

/** Wants some files by path, looks into others, and must never see more of a file than its header promised. */
const selector: Selector = {
  wants: (path) => path.length % 2 === 0,
  probe(head, sizeBytes) {
    if (head.length > 64 || head.length > sizeBytes) throw new Error(`a head of ${head.length} bytes of ${sizeBytes}`)
    let seen = 0
    return {
      write(chunk) {
        seen += chunk.length
        if (seen > sizeBytes) throw new Error(`more than ${sizeBytes} bytes`)
      },
      end: () => (seen === sizeBytes ? Buffer.from(`${seen}`) : undefined),
    }
  },
}

const oldSparse: Member = {
  name: 'old-sparse',
  type: 'S',
  magic: 'gnu',
  content: 'a'.repeat(512) + 'b'.repeat(100),
  patch(header) {
    const numbers = [1024, 512, 4096, 100].map((value) => value.toString(8).padStart(11, '0'))
    header.write(`${numbers.join('\0')}\0`, 386, 'latin1')
    header.write('00000020000\0', 483, 'latin1')
  },
}

const mapInContent = Buffer.concat([
  Buffer.from('2\n512\n512\n4096\n3\n').subarray(0),
  Buffer.alloc(494),
  Buffer.alloc(515, 'c'),
])

const seeds: readonly Buffer[] = [
  tarOf([
    { name: './', type: '5', mode: 0o755 },
    { name: 'etc/', type: '5' },
    { name: 'etc/os-release', content: 'ID=debian\n' },
    { name: 'etc/link', type: '2', linkName: '../usr/lib/os-release' },
    { name: 'etc/hard', type: '1', linkName: 'etc/os-release' },
    { name: 'etc/.wh.gone' },
    { name: 'var/.wh..wh..opq' },
    { name: 'dev/null', type: '3', device: [1, 3] },
    { name: 'dev/zero', type: '3' },
  ]),
  tarOf([
    paxOf({ path: 'a/long/path', size: '5', uid: '70000', mtime: '1.5', 'SCHILY.xattr.user.x': 'y' }),
    { name: 'short', content: 'hello' },
    paxOf({ gid: '1' }, 'g'),
    { name: '././@LongLink', type: 'L', content: `${'long/'.repeat(30)}name\0` },
    { name: 'x', magic: 'gnu', content: 'x'.repeat(600) },
    { name: '././@LongLink', type: 'K', content: `${'k'.repeat(120)}\0` },
    { name: 'x', type: '2', magic: 'gnu' },
  ]),
  tarOf([
    oldSparse,
    paxOf({
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': 'sparse1',
      'GNU.sparse.realsize': '8192',
    }),
    { name: 'GNUSparseFile.0/sparse1', content: mapInContent },
    paxOf({ 'GNU.sparse.size': '9000', 'GNU.sparse.map': '100,3,8000,2' }),
    { name: 'sparse01', content: '12345' },
    { name: 'after', content: 'z'.repeat(1500) },
  ]),
]

describe('100,000 mutated archives', () => {
  it('end in a result or a problem, in time, and without holding on to memory', { timeout: 600_000 }, async () => {
    const random = mulberry(20_260_701)
    const outcomes = { read: 0, refused: 0 }
    let last: LayerContents = { entries: [], unknowns: [], bytes: 0 }
    let highest = 0
    const batch = 500
    for (let done = 0; done < count; done += batch) {
      const cases = Array.from({ length: batch }, () => mutated(random))
      const results = await mapConcurrently(cases, 4, readCase)
      for (const contents of results) {
        outcomes[contents === undefined ? 'refused' : 'read'] += 1
        if (contents === undefined) continue
        expectComplete(contents)
        expectConsistent([last, contents, last])
        last = contents
      }
      highest = Math.max(highest, process.memoryUsage().rss)
    }
    expect(outcomes.read).toBeGreaterThan(count / 10)
    expect(outcomes.refused).toBeGreaterThan(count / 10)
    expect(highest).toBeLessThan(1024 * mebibyte)
  })
})

/** What was read, or `undefined` when it was refused; everything else, and what takes too long, is a failure. */
async function readCase(blob: Buffer): Promise<LayerContents | undefined> {
  const start = performance.now()
  const contents = await readOrRefuse(blob)
  const took = performance.now() - start
  if (took > 10_000) throw new Error(`${took} ms, on ${blob.toString('base64')}`)
  return contents
}

async function readOrRefuse(blob: Buffer): Promise<LayerContents | undefined> {
  try {
    return await readLayer(pieces(blob), { selector, limits, signal: AbortSignal.timeout(20_000), name: 'layer 0' })
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw new Error(`a crash, on ${blob.toString('base64')}`, { cause: error })
  }
}

/** Nothing is lost silently: a wanted file has all its content, or there is an unknown. */
function expectComplete({ entries, unknowns }: LayerContents): void {
  const reported = new Set(unknowns.map(({ path }) => path))
  for (const { path, type, size, content } of entries) {
    const isWanted = type === 'file' && selector.wants(path) && !reported.has(`/${path}`)
    if (isWanted && content?.length !== size) throw new Error(`${path} has ${content?.length} of ${size} bytes`)
  }
}

/** The tree must be what its own lookups say it is. */
function expectConsistent(layers: readonly LayerContents[]): void {
  const tree = overlay(layers)
  for (const node of tree.walk()) {
    const found = tree.lookup(node.path)
    if (found?.inode !== node.inode) throw new Error(`${node.path} is not found where it is`)
  }
  for (const { linkTarget } of layers.flatMap(({ entries }): readonly Entry[] => entries)) {
    if (linkTarget !== undefined) tree.lookup(linkTarget, { follow: true })
  }
}

type Random = (below: number) => number

function mutated(random: Random): Buffer {
  const seed = seeds[random(seeds.length)] ?? Buffer.alloc(0)
  let archive: Buffer = Buffer.from(seed)
  for (let left = 1 + random(3); left > 0; left -= 1)
    archive = mutations[random(mutations.length)]?.(archive, random) ?? archive
  if (random(3) > 0) return archive
  const isGzip = random(2) === 0
  const half = random(archive.length + 1)
  const parts = [archive.subarray(0, half), archive.subarray(half)]
  const blob = Buffer.concat(parts.map((part) => (isGzip ? gzipSync(part, { level: 1 }) : zstdCompressSync(part))))
  return random(2) === 0 ? blob : (damages[random(damages.length)]?.(blob, random) ?? blob)
}

type Mutation = (bytes: Buffer, random: Random) => Buffer

/** Edits that break no rule of the container: these reach the code behind the checksum. */
const fields: readonly (readonly [number, number])[] = [
  [0, 100],
  [100, 8],
  [108, 8],
  [124, 12],
  [124, 12],
  [156, 1],
  [156, 1],
  [157, 100],
  [257, 8],
  [345, 155],
  [386, 96],
  [482, 13],
]

const values: readonly string[] = [
  '',
  '/',
  '..',
  '../x',
  'a/b',
  '.wh.a',
  '.wh..wh..opq',
  '00000000000',
  '77777777777',
  '00000001000',
  '\x80\0\0\0\0\0\0\0\0\0\x10\0',
  '\xff\xff\xff\xff\xff\xff\xff\xff',
  '-1',
  '9',
  'ustar  \0',
]
const types = '0123456SxgLKDVMN7Q\0'

const editField: Mutation = (bytes, random) => {
  const at = 512 * random(Math.max(1, Math.floor(bytes.length / 512)))
  const [offset, length] = fields[random(fields.length)] ?? [0, 1]
  if (at + 512 > bytes.length) return bytes
  const value = length === 1 ? (types[random(types.length)] ?? '0') : (values[random(values.length)] ?? '')
  bytes.fill(0, at + offset, at + offset + length)
  bytes.write(value.slice(0, length), at + offset, 'latin1')
  writeChecksum(bytes.subarray(at, at + 512))
  return bytes
}

const editText: Mutation = (bytes, random) => {
  const at = random(bytes.length)
  bytes.write(values[random(values.length)] ?? '', at, 'latin1')
  const header = at - (at % 512)
  if (random(2) === 0 && header + 512 <= bytes.length) writeChecksum(bytes.subarray(header, header + 512))
  return bytes
}

const flip: Mutation = (bytes, random) => {
  const at = random(bytes.length)
  if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
  return bytes
}

const cut: Mutation = (bytes, random) => bytes.subarray(0, random(bytes.length + 1))

const splice: Mutation = (bytes, random) => {
  const from = 512 * random(Math.floor(bytes.length / 512) + 1)
  const to = 512 * random(Math.floor(bytes.length / 512) + 1)
  const length = 512 * (1 + random(4))
  return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from, from + length), bytes.subarray(to)])
}

const insert: Mutation = (bytes, random) => {
  const at = 512 * random(Math.floor(bytes.length / 512) + 1)
  const name = values[random(values.length)] ?? ''
  const member = memberOf({
    name,
    type: types[random(types.length)] ?? '0',
    linkName: name,
    content: 'c'.repeat(random(700)),
  })
  return Buffer.concat([bytes.subarray(0, at), member, bytes.subarray(at)])
}

const damages: readonly Mutation[] = [flip, flip, cut]
const mutations: readonly Mutation[] = [editField, editField, editField, editText, flip, cut, splice, insert, insert]

function pieces(blob: Buffer): Buffer[] {
  const size = 1 + (blob.length % 1000)
  return Array.from({ length: Math.ceil(blob.length / size) }, (_, index) =>
    blob.subarray(index * size, (index + 1) * size),
  )
}

/** Small, fast and the same everywhere. */
function mulberry(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below)
  }
}
