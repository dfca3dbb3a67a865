import { execFileSync } from 'node:child_process'
import { createReadStream, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readLayer } from '#image/layer.ts'
import { imageLimits } from '#image/limits.ts'
import { readAll } from '#kit/limits.ts'
import { readTar } from '#kit/tar/tar.ts'
import type { TarHeader } from '#kit/tar/tar-parser.ts'
import { describeWith } from '../helpers/components.ts'
import { type Member, memberOf, paxOf, paxRecord, tarOf } from '../helpers/tar-writer.ts'

const folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-tar-'))
afterAll(() => folder.remove())
const tree = join(folder.path, 'tree')
const signal = AbortSignal.timeout(280_000)

/** Names that ustar and v7 cannot hold are left out of those by tar itself, with an error. */
const setUp = String.raw`
mkdir -p tree/empty tree/bin tree/$(printf 'd%.0s' $(seq 90))/$(printf 'e%.0s' $(seq 90)) && cd tree
echo hello > bin/hello; chmod 4755 bin/hello; ln bin/hello bin/zz-linked; ln -s hello bin/soft; mkfifo fifo
ln -s ../a/b/../$(printf 't%.0s' $(seq 150)) long-link
echo long > $(printf 'n%.0s' $(seq 200)); ( cd d*/e* && echo deep > $(printf 'f%.0s' $(seq 80)) )
echo utf8 > 'grüße-世界'; echo raw > "$(printf 'raw-\377\376')"; echo blank > ' blank name '
printf start > holes; truncate -s 3M holes; printf middle >> holes; truncate -s 9000000 holes; printf end >> holes
truncate -s 1M only-hole; head -c 70000 /dev/urandom > random; : > nothing; chmod 1777 empty
find . -exec touch -hd '2024-05-06 07:08:09Z' {} +
`

describeWith(['tar', 'bash'], 'archives are read as GNU tar lists them', () => {
  beforeAll(() => {
    execFileSync('bash', ['-c', setUp], { cwd: folder.path })
  })

  it.each([
    ['gnu', []],
    ['oldgnu', ['--sparse']],
    ['gnu', ['--sparse', '--owner=joe:4000000', '--group=joe:3000000']],
    ['ustar', []],
    ['v7', []],
    ['pax', []],
    ['pax', ['--sparse', '--sparse-version=0.0']],
    ['pax', ['--sparse', '--sparse-version=0.1']],
    ['pax', ['--sparse', '--sparse-version=1.0', '--owner=joe:4000000']],
    ['pax', ['--pax-option=globexthdr.name=g,comment=hello,gid=77']],
    ['gnu', ['--blocking-factor=1']],
  ])('written by GNU tar as %s %j', async (format, options) => {
    const archive = join(folder.path, 'gnu.tar')
    try {
      execFileSync('tar', [`--format=${format}`, '--sort=name', ...options, '-cf', archive, '-C', tree, '.'], {
        stdio: 'pipe',
      })
    } catch {
      // names too long for the format: the archive holds the rest
    }
    await expectSame(archive)
    await expectContent(archive)
  })

  it('written by tar-stream', async () => {
    const archive = join(folder.path, 'stream.tar')
    const writer = pack()
    const mtime = new Date('2024-05-06T07:08:09Z')
    writer.entry({ name: 'dir/', type: 'directory', mode: 0o1777, mtime })
    writer.entry({ name: `dir/${'long/'.repeat(60)}name`, mode: 0o640, mtime }, 'content')
    writer.entry({ name: 'dir/日本', uid: 5_000_000, gid: 6_000_000, mtime }, 'x'.repeat(513))
    writer.entry({ name: 'link', type: 'symlink', linkname: 'ü'.repeat(90), mtime })
    writer.entry({ name: 'hard', type: 'link', linkname: 'dir/日本', mtime })
    writer.finalize()
    writeFileSync(archive, await readAll(writer as AsyncIterable<Buffer>, 1_000_000))
    await expectSame(archive)
  })

  const odd: Record<string, readonly Member[]> = {
    'PAX records, the last of a keyword counts': [
      { name: 'P', type: 'x', content: paxRecord('path', 'one-path') + paxRecord('path', 'two-path') },
      { name: 'short', content: 'x' },
    ],
    'a PAX size larger than the field': [paxOf({ size: '5', path: 'sized' }), { name: 'x', size: 0, content: 'hello' }],
    'a global PAX header': [
      paxOf({ uid: '12', gid: '13' }, 'g'),
      { name: 'a' },
      paxOf({ gid: '14' }),
      { name: 'b', uid: 5 },
      { name: 'c' },
    ],
    'old GNU long names': [
      { name: '././@LongLink', type: 'L', content: `${'l'.repeat(120)}\0` },
      { name: '././@LongLink', type: 'K', content: `${'k'.repeat(130)}\0` },
      { name: 'short', type: '2', linkName: 'short' },
    ],
    'a PAX path after a long name': [
      { name: '././@LongLink', type: 'L', content: 'from-long-name\0' },
      paxOf({ path: 'from-pax' }),
      { name: 'short' },
    ],
    'base-256 numbers': [{ name: 'big', patch: (header) => header.write('\x80\0\0\0\x01\x02\x03\x04', 108, 'latin1') }],
    'numbers with blanks in front, or nothing but NULs': [
      { name: 'blank', patch: (header) => header.write('    17 \0', 108, 'latin1') },
      { name: 'nul', patch: (header) => header.fill(0, 108, 124) },
    ],
    'sizes of members that have no content': [
      { name: 'hard', type: '1', linkName: 'x', size: 1000 },
      { name: 'after' },
    ],
    'a directory by its slash alone': [
      { name: 'slash/' },
      { name: 'old/', type: '\0', magic: 'v7' },
      { name: 'after' },
    ],
    'a prefix that GNU headers do not have': [
      { name: 'ustar', prefix: 'with/prefix' },
      { name: 'gnu', prefix: 'not-a-prefix', magic: 'gnu' },
    ],
    'a sum of signed characters': [{ name: Buffer.from([0xe9, 0x61]), patch: () => undefined }],
  }

  it.each(Object.entries(odd))('with %s', async (_, members) => {
    const archive = join(folder.path, 'odd.tar')
    writeFileSync(archive, tarOf(members))
    await expectSame(archive)
  })

  it('with a header summed as signed characters', async () => {
    const archive = join(folder.path, 'signed.tar')
    const member = memberOf({ name: Buffer.from([0x61, 0xe9, 0xe8]), content: 'signed' })
    const sum = member
      .subarray(0, 512)
      .reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte - (byte > 127 ? 256 : 0)), 0)
    member.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    writeFileSync(archive, Buffer.concat([member, Buffer.alloc(1024)]))
    await expectSame(archive)
  })

  it.each([
    ['one zero block', Buffer.alloc(512)],
    ['no end marker', tarOf([{ name: 'a', content: 'x' }]).subarray(0, 1024)],
    ['garbage after the end marker', Buffer.concat([tarOf([{ name: 'a' }]), Buffer.from('garbage'.repeat(200))])],
    [
      'a member after a lone zero block',
      Buffer.concat([memberOf({ name: 'a' }), Buffer.alloc(512), tarOf([{ name: 'b' }])]),
    ],
  ])('ending with %s', async (_, bytes) => {
    const archive = join(folder.path, 'end.tar')
    writeFileSync(archive, bytes)
    await expectSame(archive)
  })
})

async function expectSame(archive: string): Promise<void> {
  const listing = execFileSync('tar', ['--numeric-owner', '--full-time', '--quoting-style=literal', '-tvf', archive], {
    encoding: 'latin1',
    env: { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ours: string[] = []
  for await (const { header } of readTar(createReadStream(archive), { signal })) ours.push(lineOf(header))
  expect(ours).toEqual(
    listing
      .split('\n')
      .filter((line) => line !== '')
      .map(normalLine),
  )
}

/** `drwxr-xr-x 0/0 0 2024-05-06 07:08:09 path/ -> target`, blanks before the path squeezed, the path clean. */
function normalLine(line: string): string {
  const [, before = '', size = '', time = '', rest = ''] =
    /^(\S+ \S+) +([\d,]+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (.*)$/.exec(line) ?? []
  const [name = '', ...targets] = rest.split(/ -> | link to /)
  const path = name.replace(/^(?:\.?\/)+|\/+$/g, '').replace(/^\.$/, '')
  return [before, before.startsWith('-') ? size : '', time, path, ...targets].join('|')
}

function lineOf({ path, type, mode, uid, gid, size, mtime, linkName }: TarHeader): string {
  const time = new Date(mtime * 1000).toISOString().slice(0, 19).replace('T', ' ')
  const link = type === 'symlink' || type === 'hardlink' ? [rawBytes(linkName)] : []
  const before = `${permissions(type, mode)} ${uid}/${gid}`
  return [before, type === 'file' ? size : '', time, rawBytes(path), ...link].join('|')
}

const letters = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  hardlink: 'h',
  'character-device': 'c',
  'block-device': 'b',
  fifo: 'p',
}

function permissions(type: TarHeader['type'], mode: number): string {
  const bits = Array.from('rwxrwxrwx', (letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-'))
  const special = [
    [0o4000, 2, 's', 'S'],
    [0o2000, 5, 's', 'S'],
    [0o1000, 8, 't', 'T'],
  ] as const
  for (const [flag, at, small, large] of special) if (mode & flag) bits[at] = bits[at] === 'x' ? small : large
  return letters[type] + bits.join('')
}

/** A decoded name as the bytes it was read from, one character each. */
function rawBytes(name: string): string {
  return Array.from(name, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code >= 0xdc80 && code <= 0xdcff
      ? String.fromCharCode(code - 0xdc00)
      : Buffer.from(character).toString('latin1')
  }).join('')
}

/** Every file that the archive has, byte for byte, through every compression. */
async function expectContent(archive: string): Promise<void> {
  const plain = readFileSync(archive)
  const selector = { wants: () => true, probe: () => undefined }
  const unpacked = join(folder.path, 'unpacked')
  execFileSync('rm', ['-rf', unpacked])
  mkdirSync(unpacked)
  execFileSync('tar', ['-xf', archive, '-C', unpacked, '--warning=none'])
  for (const blob of [plain, gzipSync(plain, { level: 1 }), zstdCompressSync(plain)]) {
    const chunks = Array.from({ length: Math.ceil(blob.length / 65_521) }, (_, at) =>
      blob.subarray(at * 65_521, (at + 1) * 65_521),
    )
    const { entries, unknowns } = await readLayer(chunks, { selector, limits: imageLimits, signal, name: 'layer' })
    expect(unknowns).toEqual([])
    const files = entries.filter((entry) => entry.type === 'file')
    expect(files.length).toBeGreaterThan(5)
    for (const { path, content } of files) {
      const onDisk = readFileSync(Buffer.from(`${unpacked}/${rawBytes(path)}`, 'latin1'))
      expect(content?.equals(onDisk), path).toBe(true)
    }
  }
}
