import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readImage } from '../../test/helpers/image-reading.ts'

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>
beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'seawall-tree-'))
})
afterEach(() => folder.remove())

function write(...paths: string[]): void {
  for (const path of paths) {
    const place = join(folder.path, path)
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, path)
  }
}

async function read(prefix: string, exclude: readonly string[] = []) {
  const { layers } = await readImage(`${prefix}${folder.path}`, { options: { exclude } })
  const [{ entries, unknowns } = { entries: [], unknowns: [] }] = layers
  return { paths: entries.map(({ path }) => path).filter((path) => path !== ''), unknowns }
}

describe('a source tree', () => {
  it('is read without what Git keeps', async () => {
    write('a/b.txt', '.git/config', 'sub/.git', '.gitignore', '.github/workflows/ci.yml')
    const { paths } = await read('fs:')
    expect(paths).toEqual([
      '.github',
      '.github/workflows',
      '.github/workflows/ci.yml',
      '.gitignore',
      'a',
      'a/b.txt',
      'sub',
    ])
  })

  it('is read without what is excluded, and what is below that', async () => {
    write('a/node_modules/x/package.json', 'test/fixtures/package-lock.json', 'src/test/b', 'c.jar')
    expect((await read('fs:', ['node_modules', 'test/**', '*.jar'])).paths).toEqual([
      'a',
      'src',
      'src/test',
      'src/test/b',
    ])
  })

  it.each([
    ['/etc/passwd', false],
    ['../outside', false],
    ['../../a', false],
    ['../a', true],
    ['./b/../../a', true],
    ['missing', true],
  ])('with a link in a folder to %s: kept is %s', async (target, isKept) => {
    write('a', 'folder/b/c')
    symlinkSync(target, join(folder.path, 'folder/link'))
    const outside = target === '../outside' ? join(folder.path, 'folder') : folder.path
    const { layers } = await readImage(`fs:${outside}`)
    const [layer] = layers
    const linkPath = target === '../outside' ? 'link' : 'folder/link'
    expect(layer?.entries.some(({ path }) => path === linkPath)).toBe(isKept)
    const reason = 'it is a link that leads outside the directory; it was not followed'
    expect(layer?.unknowns).toEqual(isKept ? [] : [{ path: `/${linkPath}`, reason }])
  })
})

describe('a root file system', () => {
  it('keeps links as they are, relative to itself', async () => {
    write('etc/os-release')
    symlinkSync('/../etc/os-release', join(folder.path, 'release'))
    expect(await read('dir:')).toEqual({ paths: ['etc', 'etc/os-release', 'release'], unknowns: [] })
  })

  it('is read without what is excluded', async () => {
    write('etc/os-release', 'var/cache/a', '.git/config')
    const { paths } = await read('rootfs:', ['/var/cache'])
    expect(paths).toEqual(['.git', '.git/config', 'etc', 'etc/os-release', 'var'])
  })
})
