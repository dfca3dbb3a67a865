import { generateKeyPairSync } from 'node:crypto'
import type { AdvisoryRecord } from '#advisories/record.ts'
import { type AdvisorySource, defineSource, type FeedItem } from '#advisories/source.ts'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { readAll } from '#kit/limits.ts'

/** A key that exists for one test run. */
export const { privateKey: testKey } = generateKeyPairSync('ed25519')

export function testContext(now: string, env: Record<string, string> = {}): Context {
  return { signal: new AbortController().signal, env, now: () => new Date(now), progress: () => undefined }
}

export function makeRecord(over: Partial<AdvisoryRecord> = {}): AdvisoryRecord {
  return {
    id: 'CVE-2023-0001',
    aliases: [],
    namespace: 'debian-12',
    keyKind: 'source',
    name: 'openssl',
    scheme: 'deb',
    ranges: [{ fixed: '3.0.9-1' }],
    state: 'affected',
    fixState: 'fixed',
    severity: 'high',
    source: 'test',
    ...over,
  }
}

/** A source whose feed is a JSON list of items. */
export function jsonSource(id: string, downloads: AdvisorySource['downloads'] = []): AdvisorySource {
  return defineSource({
    id,
    title: `Feed ${id}`,
    licence: 'CC0-1.0',
    homepage: 'https://feeds.example',
    downloads,
    refreshHours: 24,
    absentMeans: 'unknown',
    recognises: () => false,
    async *read(file) {
      const text = (await readAll(file.open(), 1e8)).toString()
      try {
        yield* JSON.parse(text) as FeedItem[]
      } catch {
        throw new Problem('malformed', 'this is not the feed', { at: file.name })
      }
    },
  })
}

export function feedOf(items: readonly FeedItem[], name = 'feed.json') {
  return { name, open: () => [Buffer.from(JSON.stringify(items))] }
}
