import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeCertificates } from '../../../test/helpers/certificates.ts'
import { describeWith } from '../../../test/helpers/components.ts'
import { basicField, emptyContent } from '../../../test/helpers/fake-registry.ts'
import { everything, Pulling, quickOptions, sampleContent, textsOf } from '../../../test/helpers/pulling.ts'
import { parseReference } from '../reference.ts'
import { openRegistry } from './registry-target.ts'

let pulling: Pulling
beforeEach(() => {
  pulling = new Pulling()
})
afterEach(() => pulling[Symbol.asyncDispose]())

describe('access', () => {
  const password = { username: 'ann', password: 's3cret:with:colons' }
  const auth = Buffer.from('ann:s3cret:with:colons').toString('base64')

  it.each(['basic', 'bearer'] as const)('%s: with a stored password', async (kind) => {
    const { host } = await pulling.start(await sampleContent(), { auth: { kind, ...password } })
    const env = pulling.dockerConfig({ auths: { [host]: { auth } } })
    expect(textsOf(await pulling.pull(`${host}/app:1`, {}, pulling.context(env)))).toHaveLength(2)
  })

  it('bearer: anonymously, with one token for all requests', async () => {
    const { host, seen } = await pulling.start(await sampleContent(), { auth: { kind: 'bearer' } })
    expect(textsOf(await pulling.pull(`${host}/team/app:1`))).toHaveLength(2)
    const asked = seen.filter(({ url }) => url.startsWith('/token'))
    expect(asked.map(({ url }) => Object.fromEntries(new URLSearchParams(url.split('?')[1])))).toEqual([
      { service: 'fake', scope: 'repository:team/app:pull' },
    ])
  })

  it('bearer: with an identity token, sent in a body', async () => {
    const { host, seen } = await pulling.start(await sampleContent(), {
      auth: { kind: 'bearer', identityToken: 'id-1' },
    })
    const env = pulling.dockerConfig({ auths: { [host]: { identitytoken: 'id-1' } } })
    expect(textsOf(await pulling.pull(`${host}/app:1`, {}, pulling.context(env)))).toHaveLength(2)
    const asked = seen.find(({ url }) => url.startsWith('/token'))
    expect(asked).toMatchObject({ method: 'POST', url: '/token', authorization: undefined })
    expect(asked?.body).toContain('grant_type=refresh_token')
  })

  it('bearer: again when a token is no longer accepted', async () => {
    const registry = await pulling.start(await sampleContent(), { auth: { kind: 'bearer' } })
    await using target = await openRegistry(parseReference(`${registry.host}/app:1`), quickOptions, pulling.context())
    registry.forgetTokens()
    expect(textsOf(await target.read(everything))).toHaveLength(2)
  })

  it('bearer: again before a token runs out', async () => {
    const registry = await pulling.start(await sampleContent(), { auth: { kind: 'bearer', expiresIn: 300 } })
    let now = 0
    const context = { ...pulling.context(), now: () => new Date(now) }
    await using target = await openRegistry(parseReference(`${registry.host}/app:1`), quickOptions, context)
    now += 295_000
    await target.read(everything)
    const refusals = registry.seen.filter(({ url, authorization }) => url !== '/v2/' && authorization === undefined)
    expect(refusals.every(({ url }) => url.startsWith('/token'))).toBe(true)
    expect(registry.seen.filter(({ url }) => url.startsWith('/token'))).toHaveLength(2)
  })

  it.each(['basic', 'bearer'] as const)('%s: refused without credentials, with advice', async (kind) => {
    const { host } = await pulling.start(await sampleContent(), { auth: { kind, ...password } })
    await expect(pulling.pull(`${host}/app:1`)).rejects.toMatchObject({
      code: 'not_authorised',
      hint: expect.stringContaining(`docker login ${host}`),
    })
  })

  it.each(['basic', 'bearer'] as const)('%s: never prints a password that is refused', async (kind) => {
    const { host } = await pulling.start(await sampleContent(), { auth: { kind, ...password } })
    const env = pulling.dockerConfig({ auths: { [host]: { auth: Buffer.from('ann:wrong').toString('base64') } } })
    const problem = await pulling.pull(`${host}/app:1`, {}, pulling.context(env)).catch((error: unknown) => error)
    expect(problem).toMatchObject({ code: 'not_authorised' })
    expect(JSON.stringify([problem, String(problem)])).not.toContain('wrong')
  })

  it('says why stored credentials could not be had', async () => {
    const { host } = await pulling.start(await sampleContent(), { auth: { kind: 'basic', ...password } })
    const env = pulling.dockerConfig({ credsStore: 'absent-helper' })
    await expect(pulling.pull(`${host}/app:1`, {}, pulling.context(env))).rejects.toMatchObject({
      code: 'not_authorised',
      hint: expect.stringContaining('docker-credential-absent-helper could not be started'),
    })
  })

  it.each(['basic', 'bearer'] as const)('%s: credentials do not follow blobs to another server', async (kind) => {
    const content = await sampleContent()
    const other = await pulling.start(content)
    const { host } = await pulling.start(content, { auth: { kind, ...password }, redirectBlobsTo: other.origin })
    const env = pulling.dockerConfig({ auths: { [host]: { auth } } })
    expect(textsOf(await pulling.pull(`${host}/app:1`, {}, pulling.context(env)))).toHaveLength(2)
    expect(other.seen.length).toBeGreaterThan(0)
    expect(other.seen.map(({ authorization }) => authorization)).toEqual(other.seen.map(() => undefined))
  })

  it('the challenge of a server that blobs are redirected to is not answered', async () => {
    const content = await sampleContent()
    const thief = await pulling.start(content, { auth: { kind: 'bearer' } })
    const { host } = await pulling.start(content, {
      auth: { kind: 'basic', ...password },
      redirectBlobsTo: thief.origin,
    })
    const env = pulling.dockerConfig({ auths: { [host]: { auth } } })
    await expect(pulling.pull(`${host}/app:1`, {}, pulling.context(env))).rejects.toMatchObject({
      code: 'not_authorised',
    })
    expect(thief.seen.every(({ url, authorization }) => url.includes('/blobs/') && authorization === undefined)).toBe(
      true,
    )
  })

  it('credentials of one registry are not for another', async () => {
    const { host, seen } = await pulling.start(await sampleContent(), { auth: { kind: 'basic', ...password } })
    const env = pulling.dockerConfig({ auths: { 'registry.test': { auth }, 'https://index.docker.io/v1/': { auth } } })
    await expect(pulling.pull(`${host}/app:1`, {}, pulling.context(env))).rejects.toMatchObject({
      code: 'not_authorised',
    })
    expect(seen.every(({ authorization }) => authorization === undefined)).toBe(true)
  })
})

/** A proxy that leads every CONNECT to one place and keeps what it was asked. */
async function tunnelTo(target: string, asked: string[] = []): Promise<{ host: string; close(): void }> {
  const proxy = createServer().on('connect', (incoming, socket) => {
    asked.push(`${incoming.url} ${incoming.headers['proxy-authorization']}`)
    const onward = connect(Number(target.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
  })
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve)
  })
  return { host: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, close: () => proxy.close() }
}

describeWith(['openssl'], 'TLS', () => {
  let certificates: ReturnType<typeof makeCertificates>
  beforeEach(() => {
    certificates = makeCertificates(pulling.dir)
  })

  it('trusts a private authority that is given', async () => {
    const { host } = await pulling.start(await sampleContent(), { tls: certificates })
    expect(textsOf(await pulling.pull(`${host}/app:1`, { caFile: certificates.caFile }))).toHaveLength(2)
    expect(
      textsOf(await pulling.pull(`${host}/app:1`, {}, pulling.context({ SSL_CERT_FILE: certificates.caFile }))),
    ).toHaveLength(2)
  })

  it('goes through a proxy, which sees nothing but the name of the host', async () => {
    const { host } = await pulling.start(await sampleContent(), { tls: certificates })
    const asked: string[] = []
    const proxy = await tunnelTo(host, asked)
    const env = { HTTPS_PROXY: `http://ann:pw@${proxy.host}` }
    const contents = await pulling.pull('registry.test/app:1', { caFile: certificates.caFile }, pulling.context(env))
    proxy.close()
    expect(textsOf(contents)).toHaveLength(2)
    expect(new Set(asked)).toEqual(new Set([`registry.test:443 ${basicField('ann', 'pw')}`]))
  })

  it('trusts what the folder of the registry holds', async () => {
    const { host } = await pulling.start(await sampleContent(), { tls: certificates })
    const certsDir = mkdtempSync(join(pulling.dir, 'certs.d-'))
    mkdirSync(join(certsDir, host))
    writeFileSync(join(certsDir, host, 'ca.crt'), readFileSync(certificates.caFile))
    expect(textsOf(await pulling.pull(`${host}/app:1`, { certsDirs: [certsDir] }))).toHaveLength(2)
  })

  it('refuses a certificate of an unknown authority, also after having trusted it for another call', async () => {
    const { host } = await pulling.start(await sampleContent(), { tls: certificates })
    await pulling.pull(`${host}/app:1`, { caFile: certificates.caFile })
    await expect(pulling.pull(`${host}/app:1`)).rejects.toMatchObject({
      code: 'target_unreachable',
      message: expect.stringContaining('not trusted'),
      hint: expect.stringContaining('--ca'),
    })
  })

  it('does not follow a redirect from https to http', async () => {
    const content = await sampleContent()
    const plain = await pulling.start(content)
    const { host } = await pulling.start(content, { tls: certificates, redirectBlobsTo: plain.origin })
    await expect(pulling.pull(`${host}/app:1`, { caFile: certificates.caFile })).rejects.toMatchObject({
      message: expect.stringContaining('plain http'),
    })
    expect(plain.seen).toEqual([])
  })

  it('does not send credentials to a token service that is spoken to in clear text', async () => {
    const tokens = await pulling.start(emptyContent())
    const realm = `${tokens.origin}/token`
    const { host } = await pulling.start(await sampleContent(), { tls: certificates, auth: { kind: 'bearer', realm } })
    const env = pulling.dockerConfig({ auths: { [host]: { username: 'ann', password: 'pw' } } })
    const pulled = pulling.pull(`${host}/app:1`, { caFile: certificates.caFile }, pulling.context(env))
    await expect(pulled).rejects.toMatchObject({ code: 'not_authorised' })
    expect(tokens.seen).toEqual([])
  })

  it.each([
    ['an absent file', 'absent.pem', undefined],
    ['a file without certificates', 'empty.pem', 'nothing'],
    ['a damaged certificate', 'bad.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('refuses %s as an authority', async (_, name, content) => {
    if (content !== undefined) writeFileSync(join(pulling.dir, name), content)
    await expect(pulling.pull('127.0.0.1:1/app:1', { caFile: join(pulling.dir, name) })).rejects.toMatchObject({
      code: 'usage',
    })
  })
})

describe('plain http', () => {
  it('is never spoken to a host that is not this machine', async () => {
    const registry = await pulling.start(await sampleContent())
    const tunnel = await tunnelTo(registry.host)
    const env = { HTTP_PROXY: registry.origin, HTTPS_PROXY: `http://${tunnel.host}` }
    await expect(pulling.pull('registry.test/app:1', {}, pulling.context(env))).rejects.toMatchObject({
      code: 'target_unreachable',
      message: expect.stringContaining('TLS'),
    })
    tunnel.close()
    expect(registry.seen).toEqual([])
  })

  it('is spoken where the user says so', async () => {
    const proxy = await pulling.start(await sampleContent())
    const before = proxy.seen.length
    await pulling.pull('registry.test/app:1', { plainHttp: true }, pulling.context({ HTTP_PROXY: proxy.origin }))
    expect(proxy.seen.length).toBeGreaterThan(before)
  })
})
