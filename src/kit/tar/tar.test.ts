import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Member, memberOf, paxOf, tarOf } from '../../../test/helpers/tar-writer.ts'
import { Problem } from '../errors.ts'
import { readAll } from '../limits.ts'
import { decodeName, nameBytes } from '../path.ts'
import { readTar } from './tar.ts'

const { signal } = new AbortController()

interface Read {
  readonly path: string
  readonly type: string
  readonly content: string
}

async function contentsOf(chunks: Iterable<Uint8Array>): Promise<Read[]> {
  const read: Read[] = []
  for await (const { header, content } of readTar(chunks, { signal })) {
    read.push({ path: header.path, type: header.type, content: (await readAll(content, 1_000_000)).toString('latin1') })
  }
  return read
}

function file(path: string, content = ''): Read {
  return { path, type: 'file', content }
}

function cutInto(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const oldSparse: Member = {
  name: 'old',
  type: 'S',
  magic: 'gnu',
  content: 'ab',
  patch(header) {
    header.write('00000000003\0'.concat('00000000001\0', '00000000007\0', '00000000001\0'), 386, 'latin1')
    header.write('00000000012\0', 483, 'latin1')
  },
}

const extension = Buffer.alloc(512)
extension.write('00000000005\0'.concat('00000000001\0'), 0, 'latin1')

/** One map entry in the header, one in a block after it. */
const extendedSparse = Buffer.concat([
  memberOf({
    name: 'extended',
    type: 'S',
    magic: 'gnu',
    size: 2,
    patch(header) {
      header.write('00000000000\0'.concat('00000000001\0'), 386, 'latin1')
      header.write('\x0100000000006\0', 482, 'latin1')
    },
  }),
  extension,
  Buffer.concat([Buffer.from('ab'), Buffer.alloc(510)]),
])

const mapInContent = Buffer.concat([Buffer.from('2\n2\n1\n4\n1\n'), Buffer.alloc(502), Buffer.from('ab')])

describe('archives', () => {
  it('yield members in order, duplicates too, with their content', async () => {
    const archive = tarOf([
      { name: './', type: '5' },
      { name: './a', content: 'one' },
      { name: '/b//./c', content: 'x'.repeat(600) },
      { name: 'a', content: 'two' },
      { name: 'contiguous', type: '7', content: 'seven' },
      { name: 'of a type of tomorrow', type: 'Q', content: 'queue' },
      { name: 'volume label', type: 'V' },
    ])
    expect(await contentsOf([archive])).toEqual([
      { path: '', type: 'directory', content: '' },
      file('a', 'one'),
      file('b/c', 'x'.repeat(600)),
      file('a', 'two'),
      file('contiguous', 'seven'),
      file('of a type of tomorrow', 'queue'),
    ])
  })

  it('say where the content of a member is', async () => {
    const archive = tarOf([paxOf({ path: 'long' }), { name: 'x', content: 'here' }])
    for await (const { offset, header } of readTar([archive], { signal })) {
      expect(archive.toString('latin1', offset, offset + header.size)).toBe('here')
    }
  })

  it('pass over content that is not read, or only in part', async () => {
    const archive = tarOf(['a', 'b', 'c'].map((name) => ({ name, content: name.repeat(3000) })))
    const paths: string[] = []
    for await (const { header, content } of readTar(cutInto(archive, [1000]), { signal })) {
      paths.push(header.path)
      for await (const _ of content) break
    }
    expect(paths).toEqual(['a', 'b', 'c'])
  })

  it('do not give out content once the next member was asked for', async () => {
    const members = readTar(
      [
        tarOf([
          { name: 'a', content: 'first' },
          { name: 'b', content: 'second' },
        ]),
      ],
      { signal },
    )
    const first = await members.next()
    const second = await members.next()
    expect(await readAll(first.value?.content ?? [], 100)).toHaveLength(0)
    expect((await readAll(second.value?.content ?? [], 100)).toString()).toBe('second')
  })

  it('read the same however they are cut into chunks', async () => {
    const archive = Buffer.concat([
      extendedSparse,
      tarOf([
        oldSparse,
        paxOf({ path: 'pax', size: '3' }),
        { name: 'x', content: 'pax' },
        { name: 'L', type: 'L', content: 'long\0' },
        { name: 'x', content: 'y'.repeat(513) },
        paxOf({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 's', 'GNU.sparse.realsize': '6' }),
        { name: 'x', content: mapInContent },
      ]),
    ])
    const whole = await contentsOf([archive])
    expect(whole).toEqual([
      file('extended', 'a\0\0\0\0b'),
      file('old', '\0\0\0a\0\0\0b\0\0'),
      file('pax', 'pax'),
      file('long', 'y'.repeat(513)),
      file('s', '\0\0a\0b\0'),
    ])
    const sizes = fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(sizes, async (cuts) => {
        expect(await contentsOf(cutInto(archive, cuts))).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })

  it('leave out names that no extraction may honour', async () => {
    const names = ['../a', 'a/../b', '/..', 'fine', 'a/..b', '...']
    const archive = tarOf([...names.map((name) => ({ name })), paxOf({ path: 'nul\0byte' }), { name: 'x' }])
    expect((await contentsOf([archive])).map(({ path }) => path)).toEqual(['fine', 'a/..b', '...'])
  })

  it('may be empty, or lack their end marker', async () => {
    expect(await contentsOf([])).toEqual([])
    expect(await contentsOf([memberOf({ name: 'a' })])).toEqual([file('a')])
  })

  it('stop when the caller does', async () => {
    const members = readTar([tarOf([{ name: 'a' }])], { signal: AbortSignal.abort(new Error('enough')) })
    await expect(members.next()).rejects.toThrow('enough')
  })
})

describe('damage is named with its place', () => {
  const sound = memberOf({ name: 'sound', content: 'x' })
  it.each([
    ['garbage', Buffer.from('garbage'.repeat(200)), 'malformed', 'a tar header has a wrong checksum'],
    [
      'a size that is no number',
      memberOf({ name: 'a', patch: (header) => header.write('12345678x', 124) }),
      'malformed',
      'no usable size',
    ],
    [
      'a size below zero',
      memberOf({ name: 'a', patch: (header) => header.fill(0xff, 124, 136) }),
      'malformed',
      'no usable size',
    ],
    [
      'a size beyond all numbers',
      memberOf({ name: 'a', patch: (header) => header.fill(0x81, 124, 136) }),
      'malformed',
      'no usable size',
    ],
    [
      'an owner that is no number',
      memberOf({ name: 'a', patch: (header) => header.write('joe', 108) }),
      'malformed',
      'no usable uid',
    ],
    ['content cut off', memberOf({ name: 'a', content: 'abc' }).subarray(0, 514), 'malformed', 'cut off'],
    ['padding cut off', memberOf({ name: 'a', content: 'abc' }).subarray(0, 600), 'malformed', 'cut off'],
    ['a header cut off', memberOf({ name: 'a' }).subarray(0, 100), 'malformed', 'cut off'],
    ['a PAX header for nothing', memberOf(paxOf({ path: 'a' })), 'malformed', 'cut off'],
    [
      'a PAX record without its length',
      memberOf({ name: 'a', type: 'x', content: 'path=x\n' }),
      'malformed',
      'damaged PAX record',
    ],
    [
      'a PAX record longer than its header',
      memberOf({ name: 'a', type: 'x', content: '99 path=x\n' }),
      'malformed',
      'damaged PAX record',
    ],
    [
      'a PAX record of no length',
      memberOf({ name: 'a', type: 'x', content: '0 path=x\n' }),
      'malformed',
      'damaged PAX record',
    ],
    ['a PAX size that is no number', memberOf(paxOf({ size: '1e3' })), 'malformed', 'damaged number in a PAX record'],
    [
      'a PAX header of two mebibytes',
      memberOf({ name: 'a', type: 'x', size: 2 ** 21 }),
      'limit_exceeded',
      '2097152 bytes',
    ],
    [
      'a sparse file without a size',
      memberOf({ name: 'a', type: 'S', patch: (header) => header.write('x', 483) }),
      'malformed',
      'no usable size',
    ],
    [
      'a sparse map that ends too soon',
      tarOf([paxOf({ 'GNU.sparse.major': '1' }), { name: 'a', content: '5\n1\n' }]),
      'malformed',
      'map of a sparse file',
    ],
    [
      'a sparse map out of order',
      tarOf([paxOf({ 'GNU.sparse.map': '5,1,0,1', 'GNU.sparse.size': '9' }), { name: 'a', content: 'ab' }]),
      'malformed',
      'map of a sparse file',
    ],
    [
      'a sparse map beyond the end',
      tarOf([paxOf({ 'GNU.sparse.map': '5,2', 'GNU.sparse.size': '6' }), { name: 'a', content: 'ab' }]),
      'malformed',
      'map of a sparse file',
    ],
  ])('%s', async (_, bytes, code, message) => {
    const failure = await contentsOf([sound, bytes]).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Problem)
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) })
    expect(`${String(failure)} ${failure instanceof Problem ? failure.at : ''}`).toMatch(/byte \d+/)
  })

  it('wherever an archive is cut, there is either a block border or a problem', async () => {
    const archive = tarOf([{ name: 'a', content: 'x'.repeat(700) }, { name: 'b' }])
    const borders = new Set([0, 1536, 2048, 2560])
    for (let end = 0; end < 2560; end += 1) {
      const outcome = await contentsOf([archive.subarray(0, end)]).then(
        () => 'read',
        () => 'refused',
      )
      expect(`${end} ${outcome}`).toBe(`${end} ${borders.has(end) ? 'read' : 'refused'}`)
    }
  })
})

describe('names', () => {
  const bytes = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array))
  const almostText = fc.array(fc.constantFrom(0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xed, 0xb2, 0x80, 0xf0, 0x9f), {
    maxLength: 8,
  })

  it('in UTF-8 are read as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeName(Buffer.from(text))).toBe(text)
      }),
    )
  })

  it('have as many bytes as they were read from', () => {
    fc.assert(
      fc.property(bytes, (name) => {
        expect(nameBytes(decodeName(name))).toBe(name.length)
      }),
      { numRuns: 1000 },
    )
  })

  it('stay different when they are not UTF-8', () => {
    const either = fc.oneof(
      bytes,
      almostText.map((array) => Buffer.from(array)),
    )
    fc.assert(
      fc.property(either, either, (one, other) => {
        expect(decodeName(one) === decodeName(other)).toBe(one.equals(other))
      }),
      { numRuns: 2000 },
    )
  })
})
