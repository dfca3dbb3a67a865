/** Every exit code of docs/report-format.md, provoked as a user would. */
import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addImage, emptyContent, startFakeRegistry, tarOf } from '../helpers/fake-registry.ts'
import { legacyPieces, sampleImage, tarOf as tarOfPieces } from '../helpers/image-archive.ts'
import { buildSampleDatabase } from '../helpers/sample-database.ts'
import { type Outcome, seawall, temporaryDirectory } from '../helpers/seawall.ts'
import { storefront } from '../helpers/shell.ts'

const workspace = temporaryDirectory()
const home = { HOME: workspace.path }
let database = ''
beforeAll(async () => {
  database = await buildSampleDatabase(workspace.path)
})
afterAll(() => workspace[Symbol.dispose]())

/** What, where and what to do, in so many lines; nothing on standard output, no trace of code. */
function expectProblem({ status, stdout, stderr }: Outcome, exit: number): void {
  expect({ status, stdout }, stderr).toEqual({ status: exit, stdout: '' })
  expect(stderr).toMatch(/^seawall: \S.+\n(?: {2}at: \S.*\n)? {2}\S.{10,}\n$/m)
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
}

function file(name: string, content: string | Buffer): string {
  const path = join(workspace.path, name)
  writeFileSync(path, content)
  return path
}

describe('exit code 0 and 1', () => {
  it.each([
    [[], 0],
    [['--fail-on', 'critical'], 0],
    [['--fail-on', 'high'], 1],
    [['--fail-on', 'Unknown', '--quiet'], 1],
    [['--severity', 'critical', '--fail-on', 'high'], 1],
  ])('scan %j: %d', async (options, exit) => {
    const { status, stdout, stderr } = await seawall(['scan', '--db', database, ...options, storefront])
    expect(status, stderr).toBe(exit)
    expect(stdout).toContain('Debian GNU/Linux 12')
  })
})

describe('exit code 2: the command line', () => {
  it.each([
    [['scan'], "missing required argument 'target'"],
    [['scan', 'a', 'b'], 'too many arguments'],
    [['sacn', 'a'], 'Did you mean scan?'],
    [['db'], 'db needs a verb'],
    [['db', 'upd'], 'Did you mean update?'],
    [['help', 'scna'], 'Did you mean scan?'],
    [['--nope'], "unknown option '--nope'"],
    [['scan', '--sevrity', 'high', storefront], 'Did you mean --severity?'],
    [['scan', '--severity', 'hgih', storefront], 'Did you mean high?'],
    [['scan', '--severity', 'high,,low', storefront], 'expected one of unknown, negligible, low'],
    [['scan', '--fail-on', 'severe', storefront], 'expected one of unknown, negligible, low'],
    [['scan', '--format', 'jsno', storefront], 'Did you mean json?'],
    [['scan', '--output'], 'argument missing'],
    [['scan', '--output', '', storefront], 'expected the name of a file'],
    [['scan', '--output', '/', storefront], 'the output is a directory'],
    [['scan', '--output', '/nowhere/report.json', storefront], 'the directory of the output does not exist'],
    [['scan', '--platform', 'linux/', storefront], 'is not a platform'],
    [['scan', '--timeout', '5', storefront], 'expected a duration'],
    [['scan', '--timeout', '0s', storefront], 'expected a duration'],
    [['scan', '--timeout', '-5s', storefront], 'expected a duration'],
    [['scan', '--timeout', '9999h', storefront], 'at most 24 days'],
    [['scan', '--db', '', storefront], 'expected the name of a directory'],
    [['scan', '--ca', '/nowhere.pem', 'registry.invalid/a'], '/nowhere.pem'],
    [['scan', 'UPPER/CASE'], 'UPPER/CASE'],
    [['scan', ''], 'empty'],
    [['db', 'build', '-o', '/tmp/never'], 'there is nothing to build from'],
    [['db', 'build', 'feed.json'], '--output'],
    [['db', 'build', '-o', '/tmp/never', `no-such-source=${storefront}`], 'no-such-source'],
    [['db', 'build', '-o', '/tmp/never', '--built-at', 'today', storefront], '--built-at is not a date'],
    [['db', 'update', '--offline'], 'an update needs the network'],
    [['completion', 'bahs'], 'bash, zsh, fish'],
    [['version', 'compare', 'debb', '1', '2'], 'Did you mean deb?'],
    [['version', 'compare', 'deb', '1'], 'nothing to compare with'],
  ])('seawall %j', async (args, message) => {
    const outcome = await seawall(args)
    expectProblem(outcome, 2)
    expect(outcome.stderr).toContain(message)
  })

  it('is the answer to nothing at all, with the help', async () => {
    const { status, stdout } = await seawall([])
    expect(status).toBe(2)
    expect(stdout).toContain('Usage: seawall')
  })
})

describe('exit code 3: what cannot be reached', () => {
  it.each([
    [['./no-such.tar'], 'no such file'],
    [['oci:/no/such/layout'], 'no such file'],
    [['docker:alpine'], 'Docker'],
    [['podman:alpine'], 'Podman'],
    [['--offline', 'alpine'], 'offline'],
    [['127.0.0.1:1/app:1'], '127.0.0.1:1'],
    [['registry:127.0.0.1:1/app:1'], '127.0.0.1:1'],
  ])('scan %j', async (args, message) => {
    const outcome = await seawall(['scan', ...args], {
      env: { DOCKER_HOST: 'unix:///nowhere/docker.sock', CONTAINER_HOST: 'unix:///nowhere/podman.sock' },
    })
    expectProblem(outcome, 3)
    expect(outcome.stderr).toContain(message)
  })

  it('is a socket behind which nobody answers', async () => {
    const socket = join(workspace.path, 'dead.sock')
    const server = createServer((connection) => connection.destroy())
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve)
    })
    const outcome = await seawall(['scan', 'docker:alpine'], { env: { DOCKER_HOST: `unix://${socket}` } })
    server.close()
    expectProblem(outcome, 3)
  })

  it('is an image that its registry does not have', async () => {
    await using registry = await startFakeRegistry(emptyContent())
    expectProblem(await seawall(['scan', `${registry.host}/app:1`]), 3)
  })

  it('is a mirror of feeds that does not answer', async () => {
    const outcome = await seawall(['db', 'update', '--source', 'osv-go', '--mirror', 'http://127.0.0.1:1'])
    expect(outcome.status, outcome.stderr).toBe(3)
  })
})

describe('exit code 4: advisory data', () => {
  it.each([
    ['is not there', (dir: string) => rmSync(dir, { recursive: true }), 'there is no advisory database here'],
    ['has no manifest', (dir: string) => rmSync(join(dir, 'manifest.json')), 'there is no advisory database here'],
    ['has an empty manifest', (dir: string) => truncateSync(join(dir, 'manifest.json')), 'not the one that was signed'],
    [
      'has half a manifest',
      (dir: string) => truncateSync(join(dir, 'manifest.json'), 100),
      'not the one that was signed',
    ],
    [
      'has a changed manifest',
      (dir: string) => replace(join(dir, 'manifest.json'), 'debian-12', 'debian-11'),
      'signed',
    ],
    ['is of another version', (dir: string) => replace(join(dir, 'manifest.json'), 'ersion":1', 'ersion":2'), 'signed'],
    ['has no signature', (dir: string) => rmSync(join(dir, 'manifest.sig')), 'signed'],
    ['has half a signature', (dir: string) => truncateSync(join(dir, 'manifest.sig'), 40), 'cannot be used'],
    [
      'has noise for a signature',
      (dir: string) => writeFileSync(join(dir, 'manifest.sig'), randomBytes(200)),
      'cannot',
    ],
    ['has no shards', (dir: string) => rmSync(join(dir, 'shards'), { recursive: true }), 'cannot be used'],
    ['has a shorter shard', (dir: string) => eachShard(dir, (shard) => truncateSync(shard, 60)), 'not the one'],
    ['has an empty shard', (dir: string) => eachShard(dir, (shard) => truncateSync(shard)), 'not the one'],
    ['has a changed shard', (dir: string) => eachShard(dir, flip), 'not the one that the manifest lists'],
    ['has a directory for a shard', (dir: string) => eachShard(dir, makeDirectory), 'cannot be used'],
  ])('%s', async (name, damage, message) => {
    const copy = join(workspace.path, `damaged-${name.replaceAll(' ', '-')}`)
    cpSync(database, copy, { recursive: true })
    damage(copy)
    const outcome = await seawall(['scan', '--db', copy, storefront])
    expectProblem(outcome, 4)
    expect(outcome.stderr).toContain(message)
    expect(outcome.stderr).toContain(copy)
    expect(outcome.stderr).toContain('seawall db update')
  })

  it('is a database that no trusted key has signed', async () => {
    const outcome = await seawall(['scan', '--db', database, storefront], {
      env: { SEAWALL_TRUSTED_KEYS: '0'.repeat(32) },
    })
    expectProblem(outcome, 4)
    expect(outcome.stderr).toContain('not a trusted key')
  })

  it('is a database named in the environment that is not there', async () => {
    const outcome = await seawall(['scan', storefront], { env: { SEAWALL_DB: '/nowhere/db' } })
    expectProblem(outcome, 4)
    expect(outcome.stderr).toContain('/nowhere/db')
  })
})

describe('exit code 5: credentials', () => {
  it.each([
    ['missing', undefined],
    ['refused', Buffer.from('someone:wrong').toString('base64')],
  ])('%s', async (_name, auth) => {
    const content = emptyContent()
    addImage(content, { tag: '1', layers: [await tarOf({ 'etc/a': 'one' })] })
    await using registry = await startFakeRegistry(content, {
      auth: { kind: 'basic', username: 'someone', password: 'secret-word' },
    })
    const config = join(workspace.path, `docker-${auth === undefined}`)
    mkdirSync(config)
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }))
    const outcome = await seawall(['scan', `${registry.host}/app:1`], { env: { ...home, DOCKER_CONFIG: config } })
    expectProblem(outcome, 5)
    expect(outcome.stderr).toContain(registry.host)
    expect(outcome.stderr).not.toMatch(/wrong|secret-word/)
  })
})

describe('exit code 6: input beyond reading', () => {
  it.each([
    ['empty.tar', () => Buffer.alloc(0)],
    ['one-byte.tar', () => Buffer.from('a')],
    ['zeros.tar', () => Buffer.alloc(4096)],
    ['noise.tar', () => randomBytes(100_000)],
    ['noise.tar.gz', () => gzipSync(randomBytes(100_000))],
    ['text.tar', () => Buffer.from('#!/bin/sh\necho no image\n'.repeat(100))],
    ['picture.tar', () => Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['third.tar', () => readFileSync(storefront).subarray(0, 2_000_000)],
    ['half.tar.gz', () => gzipSync(readFileSync(storefront), { level: 1 }).subarray(0, 3_000_000)],
    ['flipped.tar', () => flipped(readFileSync(storefront), 4_000_000)],
  ])('%s', async (name, content) => {
    const path = file(name, content())
    const outcome = await seawall(['scan', '--quiet', path])
    expectProblem(outcome, 6)
  })

  it('is a feed that is none', async () => {
    const feed = file('feed.json', 'not json')
    expectProblem(await seawall(['db', 'build', '-q', '-o', join(workspace.path, 'never'), `osv-go=${feed}`]), 6)
  })
})

describe('exit code 7: limits', () => {
  it('is a scan that takes longer than --timeout', async () => {
    const outcome = await seawall(['scan', '--quiet', '--timeout', '1ms', storefront])
    expectProblem(outcome, 7)
    expect(outcome.stderr).toContain('the scan took longer than 1ms')
    expect(outcome.stderr).toContain('--timeout')
  })

  it('is an image of more layers than an image can have', async () => {
    const image = await sampleImage(Array.from({ length: 513 }, (_, at) => [{ name: `file-${at}`, content: 'x' }]))
    const path = file('layers.tar', await tarOfPieces(legacyPieces(image)))
    const outcome = await seawall(['scan', '--quiet', path])
    expectProblem(outcome, 7)
    expect(outcome.stderr).toContain('512')
  })

  it('is a layer that inflates beyond reason', async () => {
    const bomb = Buffer.concat(Array.from({ length: 80 }, () => zeros))
    const image = await sampleImage([[{ name: 'file', content: 'x' }]])
    const [layer, ...rest] = legacyPieces(image)
    const path = file('bomb.tar', await tarOfPieces([{ ...layer, name: layer?.name ?? '', content: bomb }, ...rest]))
    const outcome = await seawall(['scan', '--quiet', path])
    expectProblem(outcome, 7)
    expect(outcome.stderr).toContain('layer 0')
    expect(outcome.peakBytes).toBeLessThan(300e6)
  })
})

describe('exit code 8: unknowns', () => {
  it('is for what no feed covers, and only under --strict', async () => {
    const strict = await seawall(['scan', '--strict', '--db', database, storefront])
    expect(strict.status).toBe(8)
    expect(strict.stdout).toContain('no advisory data covers the npm ecosystem')
    expect(strict.stderr).toContain('2 things could not be read or judged: failing as --strict asks.')
    expect((await seawall(['scan', '--db', database, storefront])).status).toBe(0)
  })

  it('gives way to findings that fail the gate', async () => {
    const { status } = await seawall(['scan', '--strict', '--fail-on', 'high', '--db', database, storefront])
    expect(status).toBe(1)
  })

  it('is not for an image of which everything was judged', async () => {
    expect((await seawall(['scan', '--strict', storefront])).status).toBe(0)
  })
})

describe('a hostile name', () => {
  it.each(['\u001b[2J\u001b]0;owned\u0007.tar', 'line\nseawall: all is well.tar', '\u009b31m.tar', '\u202egpj.tar'])(
    '%j reaches no terminal',
    async (name) => {
      const path = file(name, randomBytes(2000))
      for (const args of [[path], ['-o', join(workspace.path, name, 'x'), storefront], ['--db', path, storefront]]) {
        const { stdout, stderr } = await seawall(['scan', ...args])
        // oxlint-disable-next-line no-control-regex -- these are what must not be there
        expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
        expect(stderr).not.toMatch(/^seawall: all is well/m)
      }
    },
  )

  it.each(['table', 'json', 'sarif'])('of a readable image reaches no terminal as %s', async (format) => {
    const path = file(`\u001b[2Jevil\u009b31m\u202e\u007f.tar`, await tarOfPieces(legacyPieces(await hostileImage())))
    const { status, stdout, stderr } = await seawall(['scan', '--format', format, path])
    expect(status, stderr).toBe(0)
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(stdout).toContain('evil')
  })
})

/** 16 MB of zeros, as one member of a gzip stream. */
const zeros = gzipSync(Buffer.alloc(16 * 1024 ** 2))

function hostileImage() {
  const bad = '\u001b[2J\u009b31m\u202e'
  return sampleImage([
    [
      {
        name: `app/${bad}/node_modules/x/package.json`,
        content: JSON.stringify({ name: `x${bad}`, version: `1${bad}` }),
      },
      { name: 'etc/os-release', content: `ID=debian\nVERSION_ID=12\nPRETTY_NAME="Debian ${bad}"\n` },
      { name: 'var/lib/dpkg/status', content: `Package: a${bad}\nStatus: install ok installed\nVersion: 1${bad}\n\n` },
    ],
  ])
}

function replace(path: string, from: string, to: string): void {
  const before = readFileSync(path, 'utf8')
  expect(before).toContain(from)
  writeFileSync(path, before.replace(from, to))
}

function eachShard(dir: string, change: (path: string) => void): void {
  for (const name of readdirSync(join(dir, 'shards'))) change(join(dir, 'shards', name))
}

function flip(path: string): void {
  const bytes = readFileSync(path)
  writeFileSync(path, flipped(bytes, Math.floor(bytes.length / 2)))
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

function makeDirectory(path: string): void {
  rmSync(path)
  mkdirSync(path)
}
