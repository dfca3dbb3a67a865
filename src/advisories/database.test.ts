import { mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { fixStates } from '#model/finding.ts'
import { severities } from '#model/severity.ts'
import { feedOf, jsonSource, makeRecord, testContext, testKey } from '../../test/helpers/feed.ts'
import { buildDatabase } from './build.ts'
import { openDatabase } from './database.ts'
import type { AdvisoryRecord } from './record.ts'
import { keyIdOf } from './signature.ts'
import type { FeedItem } from './source.ts'

const context = testContext('2026-01-02T03:04:05Z')

function build(dir: string, items: readonly FeedItem[]) {
  const input = { source: jsonSource('test'), files: [feedOf(items)] }
  return buildDatabase(dir, [input], { builtAt: context.now(), key: testKey, context })
}

const text = fc.string({ unit: 'binary', maxLength: 20 })
const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 })
const anyRecord: fc.Arbitrary<AdvisoryRecord> = fc.record(
  {
    id: name,
    aliases: fc.array(text, { maxLength: 3 }),
    namespace: fc.constantFrom('debian-12', 'npm', 'ünïcode'),
    keyKind: fc.constantFrom('source', 'binary'),
    name,
    scheme: fc.constantFrom('deb', 'semver'),
    ranges: fc.array(fc.record({ introduced: text, fixed: text, lastAffected: text }, { requiredKeys: [] }), {
      maxLength: 3,
    }),
    versions: fc.array(text, { maxLength: 3 }),
    state: fc.constantFrom('affected', 'not-affected', 'under-investigation'),
    fixState: fc.constantFrom(...fixStates),
    vendorStatus: text,
    module: text,
    architectures: fc.array(text, { maxLength: 2 }),
    severity: fc.constantFrom(...severities),
    cvss: fc.array(text, { maxLength: 2 }),
    published: text,
    source: fc.constant('test'),
  },
  {
    requiredKeys: [
      'id',
      'aliases',
      'namespace',
      'keyKind',
      'name',
      'scheme',
      'ranges',
      'state',
      'fixState',
      'severity',
      'source',
    ],
  },
)

function unique(records: readonly AdvisoryRecord[]): AdvisoryRecord[] {
  const texts = records.map((item) => JSON.stringify(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))))
  return records.filter((_, index) => texts.indexOf(texts[index] ?? '') === index)
}

describe('a database', () => {
  it('reads back exactly the records that were written', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'database-'))
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { maxLength: 40 }), async (records) => {
        const path = join(dir.path, String((number += 1)))
        await build(
          path,
          records.map((item) => ({ record: item })),
        )
        using database = openDatabase(path)
        const read = [...database.namespaces].flatMap((namespace) => [...database.records(namespace)])
        expect(read).toHaveLength(unique(records).length)
        expect(read).toEqual(expect.arrayContaining(records))
        for (const { namespace, name: wanted } of records) {
          expect(database.lookup(namespace, wanted)).toEqual(
            read.filter((r) => r.namespace === namespace && r.name === wanted),
          )
        }
        database.verify()
      }),
      { numRuns: 40 },
    )
  })

  it('finds each of many names, and nothing for a name between them', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'database-'))
    const records = Array.from({ length: 12_000 }, (_, index) =>
      makeRecord({ id: `CVE-2024-${index}`, name: `package-${index % 3000}`, ranges: [{ fixed: `${index}.0-1` }] }),
    )
    const report = await build(
      dir.path,
      records.map((item) => ({ record: item })),
    )
    expect(report.records).toBe(12_000)
    using database = openDatabase(dir.path)
    expect(Array.from({ length: 3000 }, (_, n) => database.lookup('debian-12', `package-${n}`).length)).toEqual(
      Array.from({ length: 3000 }, () => 4),
    )
    expect(['', 'a', 'package-', 'package-0a', 'zzz'].flatMap((n) => database.lookup('debian-12', n))).toEqual([])
    expect(database.lookup('debian-13', 'package-1')).toEqual([])
  })

  it('sorts by id, whatever order a feed has', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'database-'))
    const items = ['CVE-2', 'CVE-10', 'CVE-1'].map((id) => ({ record: makeRecord({ id }) }))
    await build(dir.path, items)
    expect(
      openDatabase(dir.path)
        .lookup('debian-12', 'openssl')
        .map(({ id }) => id),
    ).toEqual(['CVE-1', 'CVE-10', 'CVE-2'])
  })

  it('keeps known exploited vulnerabilities and release cycles', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'database-'))
    await build(dir.path, [
      { kev: { cve: 'CVE-2021-44228', dateAdded: '2021-12-10', dueDate: '2021-12-24', ransomware: true } },
      { kev: { cve: 'CVE-2014-0160', dateAdded: '2022-05-04', ransomware: false } },
      { cycle: { distribution: 'debian', release: '12', endOfLife: '2026-06-10' } },
      { cycle: { distribution: 'alpine', release: '3.19' } },
    ])
    using database = openDatabase(dir.path)
    expect(database.kev()).toEqual(
      new Map([
        ['CVE-2014-0160', { dateAdded: '2022-05-04', ransomware: false }],
        ['CVE-2021-44228', { dateAdded: '2021-12-10', dueDate: '2021-12-24', ransomware: true }],
      ]),
    )
    expect(database.cycles()).toEqual([
      { distribution: 'alpine', release: '3.19' },
      { distribution: 'debian', release: '12', endOfLife: '2026-06-10' },
    ])
    expect(database.namespaces).toEqual(new Set())
  })

  it('says where its facts come from', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'database-'))
    await build(dir.path, [
      { record: makeRecord({ published: '2024-05-06T07:08:09Z' }) },
      { record: makeRecord({ id: 'CVE-2099-1', published: '2099-01-01' }) },
      { dropped: { at: 'entry 3', reason: 'no package' } },
    ])
    expect(openDatabase(dir.path).facts).toMatchObject({
      builtAt: '2026-01-02T03:04:05.000Z',
      starter: false,
      sources: [
        {
          id: 'test',
          name: 'Feed test',
          url: 'https://feeds.example',
          licence: 'CC0-1.0',
          asOf: '2024-05-06',
          records: 2,
        },
      ],
    })
  })
})

describe('a database that was changed by somebody', () => {
  it('is refused or reads the same, wherever a byte is turned', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'database-'))
    await build(dir.path, [
      { record: makeRecord() },
      { kev: { cve: 'CVE-1', dateAdded: '2022-05-04', ransomware: false } },
    ])
    const before = contents(dir.path)
    const files = await filesOf(dir.path)
    for (const file of files) {
      const bytes = await readFile(file)
      for (let at = 0; at < bytes.length; at += 7) {
        await writeFile(file, bytes.with(at, (bytes[at] ?? 0) ^ 0x11))
        expect([before, 'advisories_missing']).toContainEqual(contents(dir.path))
      }
      for (const length of [0, 1, bytes.length >> 1, bytes.length - 2]) {
        await writeFile(file, bytes.subarray(0, length))
        expect(contents(dir.path)).toBe('advisories_missing')
      }
      await writeFile(file, bytes)
    }
    expect(files).toHaveLength(4)
    expect(contents(dir.path)).toEqual(before)
  })

  it('counts only when a trusted key signed it, where keys are named', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'database-'))
    await build(dir.path, [{ record: makeRecord() }])
    const trusted = { trust: { keyIds: new Set([keyIdOf(testKey)]) } }
    expect(openDatabase(dir.path, trusted).sealed.seal).toEqual({ kind: 'signed', keyId: keyIdOf(testKey) })
    const other = { trust: { keyIds: new Set(['0'.repeat(32)]) } }
    expect(() => openDatabase(dir.path, other)).toThrow(/is not a trusted key/)
  })

  it('needs no signature where its digest is known, and is refused without either', async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'database-'))
    const { digest } = await build(dir.path, [{ record: makeRecord() }])
    await writeFile(join(dir.path, 'manifest.sig'), '')
    expect(() => openDatabase(dir.path)).toThrow(Problem)
    expect(openDatabase(dir.path, { pinned: digest }).facts.starter).toBe(true)
  })
})

function contents(dir: string): unknown {
  try {
    using database = openDatabase(dir)
    database.verify()
    return [[...database.records('debian-12')], database.kev(), database.facts]
  } catch (error) {
    return error instanceof Problem ? error.code : error
  }
}

async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
