import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readImage } from '../../test/helpers/image-reading.ts'

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>
beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'seawall-file-'))
})
afterAll(() => folder.remove())

function file(name: string, content: string | Buffer): string {
  const path = join(folder.path, name)
  writeFileSync(path, content)
  return path
}

describe('a single file', () => {
  it('is a root that holds it alone', async () => {
    const path = file('package-lock.json', '{}')
    const { subject, description, layers, unknowns } = await readImage(path)
    expect({ subject, unknowns }).toEqual({ subject: { kind: 'file', name: path, layers: [] }, unknowns: [] })
    expect(description).toBe(`the file ${path}`)
    expect(layers).toMatchObject([
      {
        entries: [
          { path: '', type: 'directory' },
          { path: 'package-lock.json', type: 'file', size: 2, content: Buffer.from('{}') },
        ],
        unknowns: [],
        bytes: 2,
      },
    ])
  })

  it('may be named by a link, and has the name of the link', async () => {
    const target = file('app-1.0.bin', 'content')
    const path = join(folder.path, 'app.jar')
    symlinkSync(target, path)
    const { layers } = await readImage(path)
    expect(layers[0]?.entries[1]).toMatchObject({ path: 'app.jar', size: 7 })
  })

  it('that is larger than what is kept is unknown', async () => {
    const { layers } = await readImage(file('large.json', '0123456789'), { limits: { keptFileBytes: 9 } })
    expect(layers[0]?.unknowns).toEqual([{ path: '/large.json', reason: 'it is larger than 9 bytes' }])
  })

  it('is a package of Alpine, although it is compressed', async () => {
    expect((await readImage(file('a.apk', gzipSync('content')))).subject.kind).toBe('file')
  })

  it('is an image when it is an archive, unless a prefix says otherwise', async () => {
    const path = file('a.tar.gz', gzipSync('content'))
    await expect(readImage(path)).rejects.toMatchObject({ code: 'malformed' })
    expect((await readImage(`fs:${path}`)).subject.kind).toBe('file')
  })

  it.each(['docker-archive:', 'oci-archive:', 'oci:'])('is no image when %s says so', async (prefix) => {
    const path = file('text', 'content')
    await expect(readImage(`${prefix}${path}`)).rejects.toMatchObject({ code: 'malformed' })
  })

  it('has no tags, and a directory is none', async () => {
    const path = file('b.json', '{}')
    await expect(readImage(`fs:${path}:tag`)).rejects.toMatchObject({ message: 'no such file or directory' })
    mkdirSync(join(folder.path, 'tree'))
    expect((await readImage(`fs:${join(folder.path, 'tree')}`)).subject.kind).toBe('directory')
    await expect(readImage('fs:/dev/null')).rejects.toMatchObject({ code: 'usage' })
  })
})
