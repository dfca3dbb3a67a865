import { mkdtempDisposable, readdir, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '#advisories/database.ts'
import { buildStarter } from '../../tools/build-starter.ts'
import { describeShared, projectDir, shared } from '../helpers/components.ts'

const data = join(projectDir, 'data')
const limitBytes = 12 * 1024 * 1024

async function sizeOf(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

describe('the starter database', () => {
  it('is the one that the program knows, whole and small', async () => {
    using database = openDatabase(join(data, 'starter'))
    database.verify()
    expect(database.facts.starter).toBe(true)
    expect(await sizeOf(data)).toBeLessThan(limitBytes)
  })

  it('answers for the systems and languages it is meant for', () => {
    using database = openDatabase(join(data, 'starter'))
    const questions = [
      ['debian-12', 'openssl'],
      ['alpine-3.19', 'openssl'],
      ['almalinux-9', 'openssl-libs'],
      ['npm', 'lodash'],
      ['go', 'golang.org/x/net'],
      ['go', 'stdlib'],
    ] as const
    const silent = questions.filter(([namespace, name]) => database.lookup(namespace, name).length === 0)
    expect(silent).toEqual([])
    expect(database.kev().has('CVE-2021-44228')).toBe(true)
    expect(database.cycles()).toContainEqual(expect.objectContaining({ distribution: 'alpine', release: '3.18' }))
  })

  it('names every source in its notice', async () => {
    const notice = await readFile(join(data, 'NOTICE'), 'utf8')
    using database = openDatabase(join(data, 'starter'))
    for (const { id, url, derivedFrom = '' } of database.facts.sources) {
      expect(notice).toContain(`(${id})`)
      expect(notice).toContain(url)
      expect(notice).toContain(derivedFrom)
    }
  })
})

describeShared('the starter database', () => {
  it('is built again byte for byte', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'starter-'))
    await buildStarter(shared('feeds'), dir.path)
    for (const file of ['NOTICE', 'starter/manifest.json']) {
      expect(await readFile(join(dir.path, file), 'utf8')).toBe(await readFile(join(data, file), 'utf8'))
    }
  })
})
