import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everything } from '../../test/helpers/image-reading.ts'
import type { Entry, LayerContents, Probe, Selector } from './entry.ts'
import { type ImageLimits, imageLimits } from './limits.ts'
import { walkRootfs } from './rootfs-walk.ts'

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>
let root: string

beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'seawall-rootfs-'))
  root = join(folder.path, 'root')
  mkdirSync(root)
})

afterEach(() => folder.remove())

function put(path: string, content = ''): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), content)
}

function walk(selector: Selector = everything, limits: Partial<ImageLimits> = {}): Promise<LayerContents> {
  return walkRootfs(root, { selector, limits: { ...imageLimits, ...limits }, signal: new AbortController().signal })
}

/** What this process has open below a directory. */
function openBelow(directory: string): string[] {
  const targets = readdirSync('/proc/self/fd').map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`)
    } catch {
      return ''
    }
  })
  return targets.filter((target) => target.startsWith(directory))
}

function entryOf({ entries }: LayerContents, path: string): Entry | undefined {
  return entries.find((entry) => entry.path === path)
}

describe('walkRootfs', () => {
  it('yields a directory tree in the order of its names, the root first', async () => {
    put('usr/bin/tool', 'tool')
    put('etc/passwd', 'root')
    put('usr-local', '')
    chmodSync(join(root, 'usr/bin/tool'), 0o4755)
    const { entries, bytes, unknowns } = await walk()
    expect(entries.map(({ path, type, size }) => [path, type, size])).toEqual([
      ['', 'directory', 0],
      ['etc', 'directory', 0],
      ['etc/passwd', 'file', 4],
      ['usr', 'directory', 0],
      ['usr/bin', 'directory', 0],
      ['usr/bin/tool', 'file', 4],
      ['usr-local', 'file', 0],
    ])
    expect(entries[5]).toMatchObject({ mode: 0o4755, content: Buffer.from('tool') })
    expect({ bytes, unknowns }).toEqual({ bytes: 8, unknowns: [] })
  })

  it('never follows a symbolic link, inside or out', async () => {
    put('real/file', 'x')
    symlinkSync('/etc', join(root, 'absolute'))
    symlinkSync('..', join(root, 'up'))
    symlinkSync('real', join(root, 'inside'))
    const contents = await walk()
    expect(contents.entries.map(({ path, type, linkTarget }) => [path, type, linkTarget])).toEqual([
      ['', 'directory', undefined],
      ['absolute', 'symlink', '/etc'],
      ['inside', 'symlink', 'real'],
      ['real', 'directory', undefined],
      ['real/file', 'file', undefined],
      ['up', 'symlink', '..'],
    ])
  })

  it('gives further names of a file as hard links to the first', async () => {
    put('b', 'same')
    linkSync(join(root, 'b'), join(root, 'a'))
    linkSync(join(root, 'b'), join(root, 'c'))
    const { entries } = await walk()
    expect(entries.slice(1)).toMatchObject([
      { path: 'a', type: 'file', size: 4, content: Buffer.from('same') },
      { path: 'b', type: 'hardlink', size: 0, linkTarget: 'a' },
      { path: 'c', type: 'hardlink', size: 0, linkTarget: 'a' },
    ])
  })

  it('opens neither a FIFO nor a socket', async () => {
    execFileSync('mkfifo', [join(root, 'fifo')])
    const server = createServer().listen(join(root, 'socket'))
    const { entries, unknowns } = await walk()
    server.close()
    expect(entries.map(({ path, type }) => [path, type])).toEqual([
      ['', 'directory'],
      ['fifo', 'fifo'],
    ])
    expect(unknowns).toEqual([])
  })

  it('keeps different names different that are not UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]), 'one')
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xfe])]), 'two')
    const { entries } = await walk()
    expect(new Set(entries.map(({ path }) => path)).size).toBe(3)
    expect(entries.map(({ content }) => content?.toString())).toEqual([undefined, 'two', 'one'])
  })

  it('shows a probe the first 64 bytes and then the whole file, in bounded pieces', async () => {
    const content = Buffer.alloc(700_000, 'ab')
    put('big')
    writeFileSync(join(root, 'big'), content)
    put('tiny', 'xy')
    put('empty')
    const heads: [number, number][] = []
    const pieces: number[] = []
    const probe = (head: Uint8Array, size: number): Probe => {
      heads.push([head.length, size])
      let seen = Buffer.alloc(0)
      return {
        write(chunk) {
          pieces.push(chunk.length)
          seen = Buffer.concat([seen, chunk])
        },
        end: () => (seen.equals(content) ? Buffer.from('boiled down') : undefined),
      }
    }
    const contents = await walk({ wants: () => false, probe })
    expect(heads).toEqual([
      [64, 700_000],
      [2, 2],
    ])
    expect(Math.max(...pieces)).toBeLessThanOrEqual(256 * 1024)
    expect(entryOf(contents, 'big')?.content?.toString()).toBe('boiled down')
    expect(entryOf(contents, 'tiny')?.content).toBeUndefined()
  })

  it('reports files that are too large to keep', async () => {
    put('a', 'x'.repeat(60))
    put('b', 'x'.repeat(60))
    put('c', 'x'.repeat(101))
    const contents = await walk(everything, { keptFileBytes: 100, keptLayerBytes: 100 })
    expect(contents.unknowns).toEqual([
      { path: '/b', reason: 'wanted files add up to more than 100 bytes' },
      { path: '/c', reason: 'it is larger than 100 bytes' },
    ])
    expect(contents.entries.map(({ content }) => content?.length)).toEqual([undefined, 60, undefined, undefined])
  })

  it('reports what lies too deep, and goes on', async () => {
    put('a/b/c/d', '')
    put('z', '')
    const { entries, unknowns } = await walk(everything, { pathDepth: 2 })
    expect(entries.map(({ path }) => path)).toEqual(['', 'a', 'a/b', 'z'])
    expect(unknowns).toEqual([{ path: '/a/b/c', reason: 'its path is too deep or too long' }])
  })

  it('stops at the limit of entries', async () => {
    for (const name of ['a', 'b', 'c']) put(name)
    await expect(walk(everything, { entries: 3 })).rejects.toMatchObject({ code: 'limit_exceeded' })
  })

  it('reports what vanishes or is replaced meanwhile', async () => {
    for (const name of ['a', 'b', 'c']) put(name, name)
    const selector: Selector = {
      wants(path) {
        if (path === 'a') renameSync(join(root, 'c'), join(folder.path, 'c'))
        if (path === 'b') renameSync(join(folder.path, 'c'), join(root, 'b'))
        return true
      },
      probe: () => undefined,
    }
    const { unknowns } = await walk(selector)
    expect(unknowns).toEqual([
      { path: '/b', reason: 'it was replaced while it was read' },
      { path: '/c', reason: 'it vanished while it was read' },
    ])
  })

  it('does not step over a directory that became a link', async () => {
    put('a', '')
    put('dir/file', 'inside')
    const outside = join(folder.path, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'secret'), 'secret')
    const selector: Selector = {
      wants(path) {
        if (path === 'dir/file') {
          renameSync(join(root, 'dir'), join(folder.path, 'moved'))
          symlinkSync(outside, join(root, 'dir'))
        }
        return true
      },
      probe: () => undefined,
    }
    const contents = await walk(selector)
    expect(contents.entries.map(({ path }) => path)).toEqual(['', 'a', 'dir', 'dir/file'])
    expect(entryOf(contents, 'dir/file')?.content?.toString()).toBe('inside')
  })

  it('closes what it opened, also when it is aborted', async () => {
    put('a/b/c', '')
    const signal = AbortSignal.abort(new Error('stopped'))
    for (let index = 0; index < 600; index += 1) put(`many/${index}`)
    await expect(walkRootfs(root, { selector: everything, limits: imageLimits, signal })).rejects.toThrow('stopped')
    await walk()
    expect(openBelow(root)).toEqual([])
  })

  it('passes over the views of the kernel without a word', async () => {
    const signal = new AbortController().signal
    const contents = await walkRootfs('/', {
      selector: nothing,
      limits: { ...imageLimits, pathDepth: 1 },
      signal,
    })
    const paths = contents.entries.map(({ path }) => path)
    expect(paths).toContain('proc')
    expect(paths.filter((path) => /^(?:proc|sys)\//.test(path))).toEqual([])
    expect(contents.unknowns.filter(({ path }) => /^\/(?:proc|sys|dev)(?:\/|$)/.test(path))).toEqual([])
  })
})

const nothing: Selector = { wants: () => false, probe: () => undefined }
