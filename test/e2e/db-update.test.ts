import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { openDatabase } from '#advisories/database.ts'
import { describeShared, projectDir, shared } from '../helpers/components.ts'
import { type Feeds, serveFeeds } from '../helpers/feed-server.ts'

const program = join(projectDir, 'bin/seawall.js')
const osv = 'osv-vulnerabilities.storage.googleapis.com'
const crates = `/${osv}/crates.io/all.zip`
const kev = '/www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json'
const eol = '/github.com/endoflife-date/release-data/archive/refs/heads/main.tar.gz'
const alpine = '/secdb.alpinelinux.org/v3.18/main.json'
const debian = '/security-tracker.debian.org/tracker/data/json'
const sources = ['osv-crates', 'cisa-kev', 'endoflife', 'alpine-secdb', 'debian-tracker']

interface World extends AsyncDisposable {
  readonly feeds: Feeds
  readonly db: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cache: string
}

/** Upstream servers, as a mirror on this machine, and a home directory for the program. */
async function world(): Promise<World> {
  const dir = await mkdtempDisposable(join(tmpdir(), 'db-update-'))
  const feeds = await serveFeeds()
  feeds.files.set(crates, await readFile(shared('feeds/osv/crates.io/all.zip')))
  feeds.files.set(kev, member('enrich/kev/kev.tar.gz', 'kev-data/known_exploited_vulnerabilities.json'))
  feeds.files.set(eol, await readFile(shared('feeds/enrich/eol/endoflife-release-data-main.tar.gz')))
  feeds.files.set(alpine, member('derived/alpine-secdb-from-aports-2026-08.tar.gz', 'alpine-secdb/v3.18/main.json'))
  const tracker = await readFile(shared('feeds/derived/debian-tracker-shaped-from-changelogs.json.gz'))
  feeds.files.set(debian, gunzipSync(tracker))
  return {
    feeds,
    db: join(dir.path, 'db'),
    cache: join(dir.path, 'cache/seawall/feeds'),
    args: ['db', 'update', '--db', join(dir.path, 'db'), '--mirror', feeds.url, '--source', sources.join()],
    env: {
      PATH: process.env['PATH'],
      HOME: dir.path,
      XDG_CACHE_HOME: join(dir.path, 'cache'),
      XDG_CONFIG_HOME: join(dir.path, 'config'),
    },
    [Symbol.asyncDispose]: async () => {
      await feeds[Symbol.asyncDispose]()
      await dir[Symbol.asyncDispose]()
    },
  }
}

function member(archive: string, path: string): Buffer {
  return execFileSync('tar', ['-xOzf', shared('feeds', archive), path], { maxBuffer: 1e9 })
}

async function seawall(place: World, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [program, ...args], { env: place.env })
}

describeShared('seawall db update', () => {
  it('builds a database from a mirror, then finds nothing new', async () => {
    await using place = await world()
    const { stdout } = await seawall(place, ...place.args)
    using database = openDatabase(place.db)
    expect(stdout.trim()).toBe(database.facts.digest)
    expect([...database.namespaces]).toEqual(expect.arrayContaining(['alpine-3.18', 'debian-12', 'crates.io']))
    expect(database.kev().size).toBeGreaterThan(1600)
    expect(database.cycles()).toContainEqual(expect.objectContaining({ distribution: 'debian', release: '12' }))
    expect(database.lookup('debian-12', 'openssl').length).toBeGreaterThan(50)
    const again = JSON.parse((await seawall(place, ...place.args, '--format', 'json')).stdout)
    expect(again.sources.map(({ id, outcome, bytes }: Record<string, unknown>) => [id, outcome, bytes])).toEqual(
      sources.map((id) => [id, 'unchanged', 0]),
    )
    await seawall(place, 'db', 'verify', '--db', place.db)
    const status = JSON.parse((await seawall(place, 'db', 'status', '--db', place.db, '--format', 'json')).stdout)
    expect(status).toMatchObject({ origin: 'option', ageDays: 0, keyId: expect.stringMatching(/^[0-9a-f]{32}$/) })
  })

  it('takes up a download after the program was killed in the middle of it', async () => {
    await using place = await world()
    place.feeds.cuts.set(crates, 300_000)
    place.feeds.stalls.add(crates)
    const child = spawn(process.execPath, [program, ...place.args], { env: place.env, stdio: 'ignore' })
    const closed = new Promise((resolve) => child.once('close', resolve))
    const part = join(place.cache, 'osv-crates/all.zip.part')
    while ((await readFile(part).catch(() => Buffer.alloc(0))).length < 100_000) await setTimeout(20)
    child.kill('SIGKILL')
    await closed
    await seawall(place, ...place.args)
    expect(place.feeds.log.findLast((line) => line.startsWith(crates))).toMatch(/ bytes=[1-9]\d{4,}-$/)
    using database = openDatabase(place.db)
    expect(database.lookup('crates.io', 'openssl').length).toBeGreaterThan(5)
  })

  it('leaves a whole database whenever it is killed', async () => {
    await using place = await world()
    const editions = [
      await readFile(shared('feeds/osv/crates.io/all.zip')),
      await readFile(shared('feeds/osv-partial/crates.io/all.zip')),
    ]
    await seawall(place, ...place.args)
    place.feeds.files.set(crates, editions[1] ?? '')
    const start = performance.now()
    await seawall(place, ...place.args)
    const wholeMs = performance.now() - start
    let killed = 0
    for (let round = 0; killed < 24 && round < 100; round += 1) {
      place.feeds.files.set(crates, editions[round % 2] ?? '')
      const child = spawn(process.execPath, [program, ...place.args], { env: place.env, stdio: 'ignore' })
      const closed = new Promise((resolve) => child.once('close', resolve))
      await Promise.race([closed, setTimeout(wholeMs * Math.random())])
      if (child.exitCode === null) killed += Number(child.kill('SIGKILL'))
      await closed
      using database = openDatabase(place.db)
      database.verify()
    }
    expect(killed).toBe(24)
    place.feeds.files.set(crates, editions[0] ?? '')
    await seawall(place, ...place.args)
    using database = openDatabase(place.db)
    database.verify()
    expect(database.lookup('crates.io', 'openssl').length).toBeGreaterThan(5)
    expect(await readdir(place.db)).toEqual(['manifest.json', 'manifest.sig', 'shards'])
  })

  it('puts what it downloaded in the place of what came with the program, and keeps the rest of it', async () => {
    await using place = await world()
    await seawall(place, 'db', 'update', '--mirror', place.feeds.url, '--source', 'debian-tracker,osv-crates')
    const { stdout } = await seawall(place, 'db', 'status', '--format', 'json')
    const status = JSON.parse(stdout)
    const ids = status.sources.map(({ id }: { id: string }) => id)
    expect(status.origin).toBe('cache')
    expect(ids).toEqual(expect.arrayContaining(['debian-tracker', 'osv-crates', 'osv-go', 'alpine-secdb-derived']))
    expect(ids).not.toContain('debian-tracker-derived')
    expect(ids).not.toContain('osv-crates-partial')
  })

  it('keeps what it has when the mirror is gone, and says that it failed', async () => {
    await using place = await world()
    await seawall(place, ...place.args)
    const { digest } = openDatabase(place.db).facts
    place.feeds.files.clear()
    await expect(seawall(place, ...place.args)).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^osv-crates: failed$[^]*^ {2}The database stays as it was/m),
    })
    expect(openDatabase(place.db).facts.digest).toBe(digest)
    const none = ['--db', join(place.db, '../none'), '--mirror', place.feeds.url, '--source', 'osv-crates']
    place.feeds.files.set(crates, '<html>')
    await expect(seawall(place, 'db', 'update', ...none)).rejects.toMatchObject({ code: 4 })
    await expect(seawall(place, 'db', 'verify', '--db', join(place.db, 'none'))).rejects.toMatchObject({ code: 4 })
    await expect(seawall(place, 'db', 'update', '--offline')).rejects.toMatchObject({ code: 2 })
  })
})
