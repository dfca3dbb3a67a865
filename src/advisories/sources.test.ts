import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { severities } from '#model/severity.ts'
import { damaged, edits } from '../../test/helpers/damage.ts'
import { membersOf, packFeed, readFeedFixtures, zip } from '../../test/helpers/feed-fixture.ts'
import { advisorySources } from './registry.generated.ts'
import type { AdvisorySource, FeedItem } from './source.ts'

const fixturesDir = join(import.meta.dirname, 'fixtures')
const sources = await Promise.all(Object.values(advisorySources).map(async (load) => (await load()).default))

/** A feed is at src/advisories/fixtures/<id>/, archives as folders, with what is read from it in `expected.json`. */
describe.each(Object.keys(advisorySources))('source %s', async (id) => {
  const source = sources.find((candidate) => candidate.id === id)
  if (source === undefined) throw new Error(`${id} is not the id of the source in ${id}.source.ts`)
  const feeds = await readFeedFixtures(join(fixturesDir, id))
  const names = [...feeds.keys()]

  it('says where its data comes from', () => {
    expect(source.homepage).toMatch(/^https:\/\//)
    expect(source.downloads).not.toEqual([])
    for (const { url, file } of source.downloads) {
      expect(new URL(url).protocol).toBe('https:')
      expect(file).toMatch(/^[\w.-]+$/)
    }
    expect(new Set(source.downloads.map(({ file }) => file)).size).toBe(source.downloads.length)
    expect(source.licence).not.toBe('')
  })

  it.each(names)('reads %s', async (name) => {
    const items = await readItems(source, name, feeds.get(name))
    await expect(`${JSON.stringify(items, undefined, 2)}\n`).toMatchFileSnapshot(
      join(fixturesDir, id, `${name}.expected.json`),
    )
  })

  it.each(names)('yields only records that keep to the normal form from %s', async (name) => {
    const items = await readItems(source, name, feeds.get(name))
    const records = items.flatMap((item) => ('record' in item ? item.record : []))
    for (const record of records) {
      expect(record).toMatchObject({ source: id, id: expect.stringMatching(/\S/), name: expect.stringMatching(/\S/) })
      expect(severities).toContain(record.severity)
      expect(record.aliases).not.toContain(record.id)
      expect(record.state !== 'affected' && record.ranges.length > 0).toBe(false)
      expect(record.fixState === 'fixed' && record.ranges.every(({ fixed }) => fixed === undefined)).toBe(false)
    }
  })

  it.each(names)('is the only one that recognises %s', (name) => {
    const head = feeds.get(name)?.subarray(0, 64 * 1024) ?? Buffer.alloc(0)
    expect(sources.filter((candidate) => candidate.recognises(name, head)).map((found) => found.id)).toEqual([id])
  })

  it.each(names)('survives any damage to %s', async (name) => {
    const whole = feeds.get(name) ?? Buffer.alloc(0)
    await fc.assert(
      fc.asyncProperty(edits, async (changes) => {
        const bytes = damaged(whole, changes)
        sources.map((candidate) => candidate.recognises(name, bytes.subarray(0, 64 * 1024)))
        const outcome = await readItems(source, name, bytes).catch((error: unknown) => error)
        expect(Array.isArray(outcome) || outcome instanceof Problem).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['an empty object', Buffer.from('{}')],
    ['a list', Buffer.from('[]')],
    ['a zip without advisories', zip([{ name: 'readme.txt', bytes: Buffer.from('hello') }])],
    ['a zip that is cut off', zip([{ name: 'a.json', bytes: Buffer.from('{}') }]).subarray(0, 40)],
    ['a file that only begins like gzip', Buffer.from('1f8b080000000000', 'hex')],
  ])('refuses %s', async (_what, bytes) => {
    await expect(readItems(source, 'feed', bytes)).rejects.toMatchObject({ code: 'malformed' })
  })

  it('stops when it is told to', async () => {
    const [name = ''] = names
    const reading = source.read({ name, open: () => dripping(feeds.get(name)) }, AbortSignal.abort())
    await expect(Array.fromAsync(reading)).rejects.toThrow('aborted')
  })
})

/** Archives hold many entries: one that is broken costs only itself. */
describe.each(archives())('an entry of $id/$name', ({ id, name }) => {
  it('that is damaged is dropped, and the others are kept', async () => {
    const source = sources.find((candidate) => candidate.id === id)
    if (source === undefined) throw new Error(`no source ${id}`)
    const members = membersOf(join(fixturesDir, id, name))
    const before = await readItems(source, name, await packFeed(name, members))
    const extra = { name: members.at(-1)?.name.replace(/[^/]+$/, entryName(id)) ?? '', bytes: Buffer.from('{"id": 1,') }
    const after = await readItems(source, name, await packFeed(name, [...members, extra]))
    expect(after.filter((item) => !('dropped' in item))).toEqual(before.filter((item) => !('dropped' in item)))
    expect(after.flatMap((item) => ('dropped' in item ? item.dropped.at : []))).toContain(extra.name)
  })
})

function archives(): { id: string; name: string }[] {
  return readdirSync(fixturesDir).flatMap((id) =>
    readdirSync(join(fixturesDir, id))
      .filter((name) => /\.(?:zip|tar\.gz)$/.test(name))
      .map((name) => ({ id, name })),
  )
}

/** A name that the source wants. */
function entryName(id: string): string {
  return { 'alpine-secdb': '../edge/main.json', endoflife: 'fedora.json' }[id]?.replace('../', '') ?? 'zz-broken.json'
}

async function readItems(source: AdvisorySource, name: string, bytes: Buffer | undefined): Promise<FeedItem[]> {
  return Array.fromAsync(source.read({ name, open: () => [bytes ?? Buffer.alloc(0)] }, AbortSignal.timeout(20_000)))
}

async function* dripping(bytes: Buffer | undefined): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < (bytes?.length ?? 0); at += 100) {
    await setImmediate()
    yield bytes?.subarray(at, at + 100) ?? Buffer.alloc(0)
  }
}
