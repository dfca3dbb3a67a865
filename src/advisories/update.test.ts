import { mkdtempDisposable, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jsonSource, makeRecord, testContext, testKey } from '../../test/helpers/feed.ts'
import { serveFeeds } from '../../test/helpers/feed-server.ts'
import { downloadAddresses } from './addresses.ts'
import { openDatabase } from './database.ts'
import type { FeedItem } from './source.ts'
import { updateDatabase } from './update.ts'

const sources = {
  go: jsonSource('go', [{ url: 'https://vuln.example/go/all.json', file: 'all.json' }]),
  alpine: jsonSource('alpine', [
    { url: 'https://secdb.example/v3.1/main.json', file: 'v3.1/main.json' },
    { url: 'https://secdb.example/v3.2/main.json', file: 'v3.2/main.json' },
  ]),
}

function feed(namespace: string, fixed = '1'): string {
  const item: FeedItem = { record: makeRecord({ namespace, name: 'busybox', ranges: [{ fixed }] }) }
  return JSON.stringify([item])
}

async function world() {
  const dir = await mkdtempDisposable(join(tmpdir(), 'update-'))
  const feeds = await serveFeeds()
  feeds.files.set('/m/vuln.example/go/all.json', feed('go'))
  feeds.files.set('/m/secdb.example/v3.1/main.json', feed('alpine-3.1'))
  feeds.files.set('/m/secdb.example/v3.2/main.json', feed('alpine-3.2'))
  const target = join(dir.path, 'db')
  return {
    feeds,
    target,
    dir: dir.path,
    update: async (names: readonly (keyof typeof sources)[] = ['go', 'alpine']) => {
      using base = await openIfPresent(target)
      return updateDatabase(
        names.map((name) => sources[name]),
        {
          target,
          feeds: join(dir.path, 'feeds'),
          base,
          isBaseInPlace: base !== undefined,
          key: testKey,
          addresses: downloadAddresses({ mirror: `${feeds.url}/m/`, replacements: [] }),
          context: testContext('2026-02-03T00:00:00Z'),
        },
      )
    },
    [Symbol.asyncDispose]: async () => {
      await feeds[Symbol.asyncDispose]()
      await dir[Symbol.asyncDispose]()
    },
  }
}

async function openIfPresent(dir: string) {
  return (await readdir(dir).catch(() => [])).length === 0 ? undefined : openDatabase(dir)
}

function fixedIn(dir: string, namespace: string): string | undefined {
  using database = openDatabase(dir)
  return database.lookup(namespace, 'busybox')[0]?.ranges[0]?.fixed
}

function outcomes(report: Awaited<ReturnType<typeof updateDatabase>>): Record<string, string> {
  return Object.fromEntries(report.sources.map(({ id, outcome }) => [id, outcome]))
}

describe('an update', () => {
  it('downloads once, and then only asks', async () => {
    await using place = await world()
    expect(outcomes(await place.update())).toEqual({ go: 'updated', alpine: 'updated' })
    expect(openDatabase(place.target).namespaces).toEqual(new Set(['alpine-3.1', 'alpine-3.2', 'go']))
    const again = await place.update()
    expect(again.sources).toEqual([
      { id: 'go', outcome: 'unchanged', bytes: 0, problems: [] },
      { id: 'alpine', outcome: 'unchanged', bytes: 0, problems: [] },
    ])
    expect(again.digest).toBe(openDatabase(place.target).facts.digest)
  })

  it('reads a changed source again and keeps the others', async () => {
    await using place = await world()
    await place.update()
    place.feeds.files.set('/m/secdb.example/v3.2/main.json', feed('alpine-3.2', '2'))
    expect(outcomes(await place.update())).toEqual({ go: 'unchanged', alpine: 'updated' })
    expect(['alpine-3.1', 'alpine-3.2', 'go'].map((namespace) => fixedIn(place.target, namespace))).toEqual([
      '1',
      '2',
      '1',
    ])
  })

  it('updates one source alone', async () => {
    await using place = await world()
    await place.update(['go'])
    await place.update(['alpine'])
    expect(openDatabase(place.target).facts.sources.map(({ id }) => id)).toEqual(['alpine', 'go'])
  })

  it('takes up a download where it broke off, also after the program ended', async () => {
    await using place = await world()
    const path = '/m/vuln.example/go/all.json'
    place.feeds.files.set(path, feed('go', 'x'.repeat(100_000)))
    place.feeds.cuts.set(path, 40_000)
    expect(outcomes(await place.update())).toEqual({ go: 'updated', alpine: 'updated' })
    expect(place.feeds.log.findLast((line) => line.startsWith(path))).toMatch(/ bytes=[1-9]\d*-$/)
    expect(fixedIn(place.target, 'go')).toBe('x'.repeat(100_000))
  })

  it('starts again when the file changed in between', async () => {
    await using place = await world()
    const path = '/m/vuln.example/go/all.json'
    place.feeds.files.set(path, feed('go', 'x'.repeat(100_000)))
    await cutOff(place, path)
    place.feeds.files.set(path, feed('go', 'y'.repeat(100_000)))
    await place.update()
    expect(fixedIn(place.target, 'go')).toBe('y'.repeat(100_000))
  })

  it('keeps the old data of a source that fails, and says so', async () => {
    await using place = await world()
    await place.update()
    place.feeds.files.delete('/m/vuln.example/go/all.json')
    place.feeds.files.set('/m/secdb.example/v3.1/main.json', '<html>maintenance</html>')
    const report = await place.update()
    expect(outcomes(report)).toEqual({ go: 'failed', alpine: 'failed' })
    expect(report.sources.flatMap(({ problems }) => problems.map(({ message }) => message))).toEqual([
      expect.stringContaining('answered 404'),
      'this is not the feed',
    ])
    expect(['alpine-3.1', 'alpine-3.2', 'go'].map((namespace) => fixedIn(place.target, namespace))).toEqual([
      '1',
      '1',
      '1',
    ])
  })

  it('does not call a database new when nothing new could be read', async () => {
    await using place = await world()
    await place.update(['go'])
    const before = openDatabase(place.target).facts.digest
    place.feeds.files.set('/m/vuln.example/go/all.json', '<html>')
    const report = await place.update(['go'])
    expect(outcomes(report)).toEqual({ go: 'failed' })
    expect(report.digest).toBeUndefined()
    expect(openDatabase(place.target).facts.digest).toBe(before)
  })

  it('leaves out a file that its server does not have', async () => {
    await using place = await world()
    place.feeds.files.delete('/m/secdb.example/v3.1/main.json')
    const report = await place.update()
    expect(outcomes(report)).toEqual({ go: 'updated', alpine: 'updated' })
    expect(report.sources[1]?.problems).toHaveLength(1)
    expect(openDatabase(place.target).namespaces).toEqual(new Set(['alpine-3.2', 'go']))
  })

  it('fails when nothing is left to use', async () => {
    await using place = await world()
    place.feeds.files.clear()
    await expect(place.update()).rejects.toMatchObject({ code: 'advisories_missing', exitCode: 4 })
    place.feeds.files.set('/m/vuln.example/go/all.json', '<html>')
    await expect(place.update(['go'])).rejects.toMatchObject({ code: 'advisories_missing' })
  })
})

/** Ends an update in the middle of a download, as if the program had been stopped. */
async function cutOff(place: Awaited<ReturnType<typeof world>>, path: string): Promise<void> {
  place.feeds.cuts.set(path, 40_000)
  const stop = new AbortController()
  const source = sources.go
  const context = { ...testContext('2026-02-03T00:00:00Z'), signal: stop.signal }
  const from = downloadAddresses({ mirror: `${place.feeds.url}/m`, replacements: [] })
  const update = updateDatabase([source], {
    target: place.target,
    feeds: join(place.dir, 'feeds'),
    isBaseInPlace: false,
    key: testKey,
    addresses: from,
    context: { ...context, progress: ({ done }) => void (done > 0 && stop.abort()) },
  })
  await expect(update).rejects.toThrow('abort')
}

function addresses(mirror: string | undefined, ...replacements: string[]): string[] {
  return downloadAddresses({ mirror, replacements })(sources.alpine).map(({ url }) => url)
}

describe('addresses', () => {
  it.each([
    { name: 'the real ones', given: addresses(undefined), first: 'https://secdb.example/v3.1/main.json' },
    {
      name: 'a mirror',
      given: addresses('http://m.example/base/'),
      first: 'http://m.example/base/secdb.example/v3.1/main.json',
    },
    {
      name: 'another',
      given: addresses(undefined, 'alpine=http://h.example/a.json'),
      first: 'http://h.example/a.json',
    },
  ])('of a source: $name', ({ given, first }) => {
    expect(given[0]).toBe(first)
  })

  it.each([{ mirror: 'ftp://x' }, { mirror: 'nonsense' }, { replacements: ['alpine'] }, { replacements: ['a=b'] }])(
    'refuses $mirror$replacements',
    (given) => {
      expect(() => downloadAddresses({ replacements: [], ...given })).toThrow(/address/)
    },
  )
})
