import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { buildDatabase } from '#advisories/build.ts'
import { openDatabase } from '#advisories/database.ts'
import { feedOf, jsonSource, makeRecord, testContext, testKey } from '../helpers/feed.ts'

const context = testContext('2026-01-02T00:00:00Z')

it('opens within 10 ms and reads 1,000 names of a shard of 12,000 records within 50 ms', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'performance-'))
  const items = Array.from({ length: 12_000 }, (_, n) => ({
    record: makeRecord({
      id: `CVE-${2010 + (n % 16)}-${n * 7}`,
      name: `package-${(n * 7919) % 3000}`,
      aliases: [`GHSA-${n.toString(36).padStart(12, 'x')}`],
      ranges: [{ introduced: '0', fixed: `${n % 9}.${n % 31}.${n}-1+deb12u${n % 5}` }],
      published: `2024-${String((n % 12) + 1).padStart(2, '0')}-11T10:00:00Z`,
    }),
  }))
  const input = { source: jsonSource('test'), files: [feedOf(items)] }
  await buildDatabase(dir.path, [input], { builtAt: context.now(), key: testKey, context })
  openDatabase(dir.path).lookup('debian-12', 'package-1')
  const opening: number[] = []
  const reading: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now()
    using database = openDatabase(dir.path)
    database.lookup('debian-12', '')
    const opened = performance.now()
    let found = 0
    for (let n = 0; n < 1000; n += 1) found += database.lookup('debian-12', `package-${(n * 2999) % 3000}`).length
    opening.push(opened - start)
    reading.push(performance.now() - opened)
    expect(found).toBe(4000)
  }
  console.log(`open ${Math.min(...opening).toFixed(1)} ms, 1,000 names ${Math.min(...reading).toFixed(1)} ms`)
  expect(Math.min(...opening)).toBeLessThan(10)
  expect(Math.min(...reading)).toBeLessThan(50)
})
