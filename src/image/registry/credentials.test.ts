import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseReference } from '../reference.ts'
import { askHelper } from './credential-helper.ts'
import { type Credentials, findCredentials, type Lookup } from './credentials.ts'

const { signal } = new AbortController()
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'credentials-test-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function encoded(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString('base64')
}

function known(name: string): Credentials {
  return { kind: 'password', username: name, password: `${name}-pw` }
}

function entry(name: string): unknown {
  return { auth: encoded(name, `${name}-pw`) }
}

function put(path: string, content: unknown): void {
  const file = join(dir, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
}

function find(image: string, env: Record<string, string> = {}): Promise<Lookup> {
  const path = `${join(dir, 'bin')}:${process.env['PATH']}`
  return findCredentials(parseReference(image), { env: { HOME: dir, PATH: path, ...env }, signal })
}

/** Puts a helper on the path that runs a shell script; `$SERVER` is what it was asked for. */
function helper(name: string, script: string): void {
  put(`bin/docker-credential-${name}`, `#!/bin/sh\nread SERVER\n[ "$1" = get ] || exit 9\n${script}\n`)
  chmodSync(join(dir, `bin/docker-credential-${name}`), 0o755)
}

const answering =
  'echo "$SERVER" >> "$HOME/asked"; printf \'{"ServerURL":"x","Username":"helped","Secret":"helped-pw"}\''

describe('entries of auths', () => {
  it.each<[string, string, Record<string, unknown>, Credentials | undefined]>([
    ['a host', 'ghcr.io/a/b', { 'ghcr.io': entry('host') }, known('host')],
    ['a host with a port', 'host:5000/a', { 'host:5000': entry('port'), host: entry('host') }, known('port')],
    ['a host written as an address', 'ghcr.io/a', { 'https://ghcr.io': entry('url') }, known('url')],
    ['an address with a version', 'ghcr.io/a', { 'https://ghcr.io/v2/': entry('url') }, known('url')],
    ['a host with a version', 'ghcr.io/a', { 'ghcr.io/v1/': entry('url') }, known('url')],
    [
      'the longest namespace',
      'q.io/o/p/i',
      { 'q.io': entry('h'), 'q.io/o': entry('o'), 'q.io/o/p': entry('p') },
      known('p'),
    ],
    ['a whole repository', 'q.io/o/i:1', { 'q.io/o/i': entry('i'), 'q.io/o': entry('o') }, known('i')],
    ['not another namespace', 'q.io/other/i', { 'q.io/o': entry('o') }, undefined],
    ['not the beginning of a namespace', 'q.io/org2/i', { 'q.io/org': entry('o') }, undefined],
    ['not another host', 'ghcr.io/a', { 'evil.ghcr.io': entry('x'), 'ghcr.io.evil': entry('x') }, undefined],
    ['Docker Hub by its old address', 'alpine', { 'https://index.docker.io/v1/': entry('hub') }, known('hub')],
    ['Docker Hub by its name', 'team/app', { 'docker.io': entry('hub') }, known('hub')],
    ['a namespace of Docker Hub', 'team/app', { 'docker.io/team': entry('t'), 'docker.io': entry('h') }, known('t')],
    ['Docker Hub, not for others', 'ghcr.io/a', { 'https://index.docker.io/v1/': entry('hub') }, undefined],
    [
      'a password with colons',
      'q.io/a',
      { 'q.io': { auth: encoded('u', 'a:b:c') } },
      { kind: 'password', username: 'u', password: 'a:b:c' },
    ],
    [
      'plain fields',
      'q.io/a',
      { 'q.io': { username: 'u', password: 'p' } },
      { kind: 'password', username: 'u', password: 'p' },
    ],
    [
      'an identity token',
      'q.io/a',
      { 'q.io': { auth: encoded('u', ''), identitytoken: 'id' } },
      { kind: 'identity', token: 'id' },
    ],
    ['an access token', 'q.io/a', { 'q.io': { registrytoken: 'rt' } }, { kind: 'access', token: 'rt' }],
    ['an access token that no header can carry', 'q.io/a', { 'q.io': { registrytoken: 'a\nb' } }, undefined],
    ['an empty entry', 'q.io/a', { 'q.io': {} }, undefined],
    ['an entry that is not base64', 'q.io/a', { 'q.io': { auth: '%%%' } }, undefined],
    ['a name of every object', 'constructor.io/a', {}, undefined],
  ])('match: %s', async (_, image, auths, credentials) => {
    put('.docker/config.json', { auths })
    expect((await find(image)).credentials).toEqual(credentials)
  })

  it('that are damaged are told, without their content', async () => {
    put('.docker/config.json', { auths: { 'q.io': { auth: 12345678 } } })
    const found = await find('q.io/a')
    expect(found).toEqual({ trouble: expect.stringContaining('damaged') })
    expect(found.trouble).not.toContain('12345678')
  })
})

describe('files', () => {
  it('are Docker’s, then Podman’s', async () => {
    put('.config/containers/auth.json', { auths: { 'q.io': entry('config') } })
    expect(await find('q.io/a')).toEqual({ credentials: known('config') })
    put('run/containers/auth.json', { auths: { 'q.io': entry('run') } })
    expect(await find('q.io/a', { XDG_RUNTIME_DIR: join(dir, 'run') })).toEqual({ credentials: known('run') })
    put('.docker/config.json', { auths: { 'q.io': entry('docker') } })
    expect(await find('q.io/a', { XDG_RUNTIME_DIR: join(dir, 'run') })).toEqual({ credentials: known('docker') })
  })

  it('can be chosen', async () => {
    put('.docker/config.json', { auths: { 'q.io': entry('docker') } })
    put('other/config.json', { auths: { 'q.io': entry('other') } })
    put('auth.json', { auths: { 'q.io': entry('auth') } })
    expect(await find('q.io/a', { DOCKER_CONFIG: join(dir, 'other') })).toEqual({ credentials: known('other') })
    expect(await find('q.io/a', { REGISTRY_AUTH_FILE: join(dir, 'auth.json') })).toEqual({ credentials: known('auth') })
  })

  it('may be absent', async () => {
    expect(await find('q.io/a')).toEqual({})
  })

  it('that are broken are told, and the next one still counts', async () => {
    put('.docker/config.json', '{"auths": {"q.io": {"auth": "c2VjcmV0')
    expect(await find('q.io/a')).toEqual({ trouble: expect.stringContaining('config.json') })
    put('.config/containers/auth.json', { auths: { 'q.io': entry('config') } })
    expect((await find('q.io/a')).credentials).toEqual(known('config'))
  })
})

describe('helpers', () => {
  it('are asked before auths, by the host', async () => {
    helper('store', answering)
    put('.docker/config.json', { credsStore: 'store', auths: { 'q.io': entry('auths') } })
    expect((await find('q.io/a')).credentials).toEqual(known('helped'))
    expect(readFileSync(join(dir, 'asked'), 'utf8')).toBe('q.io\n')
  })

  it('are asked for Docker Hub by its old address', async () => {
    helper('store', answering)
    put('.docker/config.json', { credsStore: 'store' })
    expect((await find('alpine')).credentials).toEqual(known('helped'))
    expect(readFileSync(join(dir, 'asked'), 'utf8')).toBe('https://index.docker.io/v1/\n')
  })

  it('of a host come before the general one', async () => {
    helper('store', 'exit 3')
    helper('own', answering)
    put('.docker/config.json', { credsStore: 'store', credHelpers: { 'q.io': 'own' } })
    expect((await find('q.io/a')).credentials).toEqual(known('helped'))
  })

  it('may know nothing: then auths count', async () => {
    helper('store', 'echo "credentials not found in native keychain"; exit 1')
    put('.docker/config.json', { credsStore: 'store', auths: { 'q.io': entry('auths') } })
    expect(await find('q.io/a')).toEqual({ credentials: known('auths') })
  })

  it('may give an identity token', async () => {
    helper('store', `printf '{"Username":"<token>","Secret":"id"}'`)
    put('.docker/config.json', { credsStore: 'store' })
    expect((await find('q.io/a')).credentials).toEqual({ kind: 'identity', token: 'id' })
  })

  it.each([
    ['fails', 'echo s3cret; echo s3cret >&2; exit 2', 'failed (2)'],
    ['answers nonsense', 'echo s3cret', 'no answer that can be read'],
    ['never ends', 'exec sleep 20', 'did not answer'],
    ['prints without end', 'while :; do echo s3cret; done', 'printed too much'],
  ])('one that %s is told, without what it printed', async (_, script, reason) => {
    helper('odd', script)
    const limits = { timeoutMs: 300, outputBytes: 1000 }
    const env = { HOME: dir, PATH: `${join(dir, 'bin')}:${process.env['PATH']}` }
    const answer = await askHelper('odd', 'q.io', { env, signal, limits })
    expect(answer).toEqual({ kind: 'failed', reason: expect.stringContaining(reason) })
    expect(JSON.stringify(answer)).not.toContain('s3cret')
  })

  it.each(['../evil', '/bin/sh', 'a b', 'a;b', '$(x)', '', '-x', 'x'.repeat(65)])(
    'are not run by the name %j',
    async (name) => {
      put('evil', '#!/bin/sh\ntouch "$HOME/ran"\n')
      chmodSync(join(dir, 'evil'), 0o755)
      const answer = await askHelper(name, 'q.io', { env: { HOME: dir, PATH: join(dir, 'bin') }, signal })
      expect(answer).toEqual({ kind: 'failed', reason: expect.stringContaining('name') })
    },
  )

  it('are not passed through a shell', async () => {
    helper('store', answering)
    const env = { HOME: dir, PATH: `${join(dir, 'bin')}:${process.env['PATH']}` }
    await askHelper('store', 'q.io; touch ran', { env, signal })
    expect(readFileSync(join(dir, 'asked'), 'utf8')).toBe('q.io; touch ran\n')
  })

  it('are stopped when the work is interrupted', async () => {
    helper('slow', 'exec sleep 20')
    const controller = new AbortController()
    const env = { HOME: dir, PATH: `${join(dir, 'bin')}:${process.env['PATH']}` }
    const asked = askHelper('slow', 'q.io', { env, signal: controller.signal })
    controller.abort(new Error('interrupted'))
    await expect(asked).rejects.toThrow('interrupted')
  })
})
