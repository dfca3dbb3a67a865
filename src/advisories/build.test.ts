import { mkdtempDisposable, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Turns } from '#kit/turns.ts'
import { feedOf, jsonSource, makeRecord, testContext, testKey } from '../../test/helpers/feed.ts'
import { buildDatabase } from './build.ts'
import { openDatabase } from './database.ts'
import { importDatabase } from './import.ts'
import { shardFile } from './manifest.ts'
import { collate, makeProfileTable, makeRowPile } from './row-pile.ts'
import { keyIdOf } from './signature.ts'
import type { FeedItem } from './source.ts'

const context = testContext('2026-01-02T03:04:05Z')
const options = { builtAt: context.now(), key: testKey, context }
const trustAll = { keyIds: new Set<string>() }

function input(id: string, items: readonly FeedItem[], about = {}) {
  return { source: jsonSource(id), files: [feedOf(items)], about }
}

describe('a build', () => {
  it('gives the same bytes for the same feeds, whatever order they come in', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'build-'))
    const items = Array.from({ length: 500 }, (_, n) => ({
      record: makeRecord({
        id: `CVE-${n}`,
        name: `p${n % 50}`,
        namespace: n % 3 === 0 ? 'npm' : 'go',
        severity: 'low',
      }),
    }))
    const other = input('other', [{ record: makeRecord() }])
    const first = await buildDatabase(join(dir.path, 'a'), [input('test', items), other], options)
    const second = await buildDatabase(join(dir.path, 'b'), [other, input('test', items.toReversed())], options)
    expect(second).toEqual(first)
    const bytes = await Promise.all(['a', 'b'].map((name) => readFile(join(dir.path, name, 'manifest.json'))))
    expect(bytes[0]).toEqual(bytes[1])
  })

  it('keeps what two sources say of one package, and drops what one says twice', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'build-'))
    const items = [{ record: makeRecord() }, { record: makeRecord() }]
    const report = await buildDatabase(dir.path, [input('one', items), input('two', items)], options)
    expect(report.sources.map(({ id, records }) => [id, records])).toEqual([
      ['one', 1],
      ['two', 1],
    ])
    const found = openDatabase(dir.path).lookup('debian-12', 'openssl')
    expect(found.map(({ source }) => source)).toEqual(['one', 'two'])
  })

  it('counts what was dropped, and says why', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'build-'))
    const huge = makeRecord({ id: 'HUGE', versions: Array.from({ length: 200_000 }, (_, n) => `${n}.0.0`) })
    const items = [
      { dropped: { at: 'line 7', reason: 'no version' } },
      { record: makeRecord({ name: '' }) },
      { record: huge },
      { record: makeRecord() },
    ]
    const { sources } = await buildDatabase(dir.path, [input('test', items)], options)
    expect(sources[0]).toMatchObject({ records: 1, dropped: 3 })
    expect(sources[0]?.reasons).toEqual([
      { reason: 'no version', count: 1, first: 'line 7' },
      { reason: 'no id, name or namespace', count: 1, first: 'CVE-2023-0001' },
      { reason: 'the record is too large', count: 1, first: 'HUGE' },
    ])
  })

  it('keeps more records than it holds in memory', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'build-'))
    const records = Array.from({ length: 500 }, (_, n) => makeRecord({ id: `CVE-${n}`, name: `line\n${n % 7}` }))
    const gathered = await Promise.all(
      [300, 1e9].map(async (memoryLimit) => {
        const profiles = makeProfileTable()
        const pile = makeRowPile(join(dir.path, String(memoryLimit)), profiles, memoryLimit)
        for (const record of records) await pile.add(record)
        return collate([pile], 'debian-12', { profiles, turns: new Turns() })
      }),
    )
    expect(await readdir(dir.path)).toEqual(['300'])
    expect(gathered[0]).toEqual(gathered[1])
    expect(gathered[0]?.bySource).toEqual(new Map([['test', 500]]))
  })

  it('keeps the other sources of its base, but not those that only stood in for a new one', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'build-'))
    const kev = { kev: { cve: 'CVE-1', dateAdded: '2022-05-04', ransomware: false } }
    const made = [
      input('debian-derived', [{ record: makeRecord() }], { standsInFor: 'debian' }),
      input('go', [{ record: makeRecord({ namespace: 'go' }) }]),
      input('kev', [kev]),
    ]
    await buildDatabase(join(dir.path, 'base'), made, options)
    using base = openDatabase(join(dir.path, 'base'))
    const real = input('debian', [{ record: makeRecord({ id: 'CVE-2' }) }])
    const { sources } = await buildDatabase(join(dir.path, 'next'), [real], { ...options, base })
    expect(sources.map(({ id, records }) => [id, records])).toEqual([
      ['debian', 1],
      ['go', 1],
      ['kev', 1],
    ])
    using next = openDatabase(join(dir.path, 'next'))
    expect(next.lookup('debian-12', 'openssl').map(({ id }) => id)).toEqual(['CVE-2'])
    expect(next.lookup('go', 'openssl')).toHaveLength(1)
    expect(next.kev().size).toBe(1)
  })

  it('does not write into a directory of something else', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'build-'))
    await writeFile(join(dir.path, 'thesis.txt'), 'ten years of work')
    await expect(buildDatabase(dir.path, [input('test', [])], options)).rejects.toMatchObject({ code: 'usage' })
    expect(await readdir(dir.path)).toEqual(['thesis.txt'])
  })

  it('leaves the old database when a feed is not what it should be', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'build-'))
    const output = join(dir.path, 'db')
    const { digest } = await buildDatabase(output, [input('test', [{ record: makeRecord() }])], options)
    const bad = { source: jsonSource('test'), files: [{ name: 'x', open: () => [Buffer.from('<html>')] }] }
    await expect(buildDatabase(output, [bad], options)).rejects.toMatchObject({ code: 'malformed' })
    expect(openDatabase(output).facts.digest).toBe(digest)
    expect(await readdir(dir.path)).toEqual(['db'])
  })
})

describe('a database that is replaced', () => {
  it('still answers a reader that opened it before, and loses old shards only an hour after the next update', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'build-'))
    const versions = ['1', '2', '3', '4'].map((fixed) => [
      input('test', [{ record: makeRecord({ ranges: [{ fixed }] }) }]),
    ])
    await buildDatabase(dir.path, versions[0] ?? [], options)
    using before = openDatabase(dir.path)
    const old = before.sealed.manifest.shards.map(({ digest }) => join(dir.path, shardFile(digest)))
    await buildDatabase(dir.path, versions[1] ?? [], options)
    expect(before.lookup('debian-12', 'openssl')[0]?.ranges).toEqual([{ fixed: '1' }])
    expect(openDatabase(dir.path).lookup('debian-12', 'openssl')[0]?.ranges).toEqual([{ fixed: '2' }])
    const later = testContext('2099-01-01T00:00:00Z')
    await utimes(join(dir.path, 'manifest.json'), new Date(), later.now())
    await buildDatabase(dir.path, versions[2] ?? [], { ...options, context: later })
    await expect(readFile(old[0] ?? '')).resolves.toBeInstanceOf(Buffer)
    await buildDatabase(dir.path, versions[3] ?? [], { ...options, context: later })
    await expect(readFile(old[0] ?? '')).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await readdir(dir.path)).toEqual(['manifest.json', 'manifest.sig', 'shards'])
  })

  it('is whole for readers while writers take turns', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'build-'))
    const build = (n: number) =>
      buildDatabase(dir.path, [input('test', [{ record: makeRecord({ ranges: [{ fixed: String(n) }] }) }])], options)
    await build(0)
    const done = new AbortController()
    let readings = 0
    async function read(): Promise<void> {
      while (!done.signal.aborted) {
        using database = openDatabase(dir.path)
        expect(database.lookup('debian-12', 'openssl')).toHaveLength(1)
        readings += 1
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    async function write(from: number): Promise<void> {
      for (let n = from; n < from + 8; n += 1) await build(n)
    }
    const reader = read()
    await Promise.all([write(100), write(200)])
    done.abort()
    await reader
    expect(readings).toBeGreaterThan(10)
  })
})

describe('an import', () => {
  it('copies a whole database and refuses a damaged one or a foreign key', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'build-'))
    const [from, to] = [join(dir.path, 'usb'), join(dir.path, 'db')]
    const { digest } = await buildDatabase(from, [input('test', [{ record: makeRecord() }])], options)
    await importDatabase(from, to, { trust: { keyIds: new Set([keyIdOf(testKey)]) }, context })
    expect(openDatabase(to).facts.digest).toBe(digest)
    const foreign = { trust: { keyIds: new Set(['0'.repeat(32)]) }, context }
    await expect(importDatabase(from, to, foreign)).rejects.toMatchObject({ code: 'advisories_missing' })
    const [shard] = openDatabase(from).sealed.manifest.shards
    await writeFile(join(from, shardFile(shard?.digest ?? '')), 'x'.repeat(shard?.size ?? 0))
    await expect(importDatabase(from, to, { trust: trustAll, context })).rejects.toMatchObject({
      code: 'advisories_missing',
    })
    openDatabase(to).verify()
    expect(await readdir(dir.path)).toEqual(['db', 'usb'])
  })
})
