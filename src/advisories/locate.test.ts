import { generateKeyPairSync } from 'node:crypto'
import { mkdtempDisposable, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { feedOf, jsonSource, makeRecord, testContext, testKey } from '../../test/helpers/feed.ts'
import { buildDatabase } from './build.ts'
import { openDatabase } from './database.ts'
import { locateDatabase, starterDirectory, writableDirectory } from './locate.ts'
import { openFeeds, readRecipe } from './recipe.ts'
import { keyIdOf } from './signature.ts'
import { signingKey } from './signing-key.ts'
import { trustOf } from './trust.ts'

async function home() {
  const dir = await mkdtempDisposable(join(tmpdir(), 'locate-'))
  const env = { HOME: dir.path, XDG_CACHE_HOME: join(dir.path, 'cache'), XDG_CONFIG_HOME: join(dir.path, 'config') }
  const cache = join(dir.path, 'cache/seawall/db')
  async function cached(builtAt: string): Promise<void> {
    const context = testContext(builtAt)
    const input = { source: jsonSource('test'), files: [feedOf([{ record: makeRecord() }])] }
    await buildDatabase(cache, [input], { builtAt: context.now(), key: testKey, context })
  }
  return { dir: dir.path, env, cache, cached, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() }
}

describe('the database of a scan', () => {
  it('is the one that is named, on the command line before the environment', async () => {
    await using place = await home()
    const env = { ...place.env, SEAWALL_DB: '/srv/db' }
    expect(locateDatabase({ db: '/mnt/db' }, { env })).toMatchObject({ dir: '/mnt/db', origin: 'option' })
    expect(locateDatabase({}, { env })).toMatchObject({ dir: '/srv/db', origin: 'environment' })
    expect(writableDirectory({}, { env })).toBe('/srv/db')
    expect(writableDirectory({ db: '/mnt/db' }, { env })).toBe('/mnt/db')
  })

  it('is the newer of the updated one and the one that came with the program', async () => {
    await using place = await home()
    expect(locateDatabase({}, place)).toMatchObject({ dir: starterDirectory(), origin: 'starter' })
    await place.cached('2001-01-01T00:00:00Z')
    expect(locateDatabase({}, place).origin).toBe('starter')
    await place.cached('2101-01-01T00:00:00Z')
    expect(locateDatabase({}, place)).toMatchObject({ dir: place.cache, origin: 'cache' })
    expect(writableDirectory({}, place)).toBe(place.cache)
  })

  it('is not silently replaced by another when it is damaged', async () => {
    await using place = await home()
    await place.cached('2101-01-01T00:00:00Z')
    await writeFile(join(place.cache, 'manifest.json'), '{}')
    expect(() => locateDatabase({}, place)).toThrow(expect.objectContaining({ code: 'advisories_missing' }))
  })

  it('is refused where it is signed by somebody else than the trusted keys', async () => {
    await using place = await home()
    await place.cached('2101-01-01T00:00:00Z')
    const other = generateKeyPairSync('ed25519').publicKey
    const pem = join(place.dir, 'other.pem')
    await writeFile(pem, other.export({ format: 'pem', type: 'spki' }))
    const trusting = (keys: string) => ({ env: { ...place.env, SEAWALL_TRUSTED_KEYS: keys } })
    expect(() => locateDatabase({}, trusting(pem))).toThrow(/not a trusted key/)
    const located = locateDatabase({}, trusting(`${pem}, ${keyIdOf(testKey)}`))
    expect(openDatabase(located.dir, located).sealed.seal).toEqual({ kind: 'signed', keyId: keyIdOf(testKey) })
    expect(() => trustOf({ SEAWALL_TRUSTED_KEYS: 'nonsense' })).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})

describe('the signing key', () => {
  it('is made once for an installation, for its owner only', async () => {
    await using place = await home()
    const [first, second] = await Promise.all([signingKey(undefined, place), signingKey(undefined, place)])
    expect(keyIdOf(second)).toBe(keyIdOf(first))
    expect(keyIdOf(await signingKey(undefined, place))).toBe(keyIdOf(first))
    const path = join(place.env.XDG_CONFIG_HOME, 'seawall/database-key.pem')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(keyIdOf(await signingKey(path, place))).toBe(keyIdOf(first))
  })

  it('must be an Ed25519 key in PEM form', async () => {
    await using place = await home()
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const path = join(place.dir, 'key.pem')
    await writeFile(path, rsa.export({ format: 'pem', type: 'pkcs8' }))
    await expect(signingKey(path, place)).rejects.toThrow(/not an Ed25519 key/)
    await writeFile(path, 'nonsense')
    await expect(signingKey(path, place)).rejects.toThrow(/not a key in PEM form/)
    await expect(signingKey(join(place.dir, 'none'), place)).rejects.toThrow(/no such key file/)
  })
})

async function ids(feed: string): Promise<string[]> {
  return (await openFeeds([feed])).map(({ source }) => source.id)
}

describe('feeds on the command line', () => {
  const osv = { id: 'X-1', affected: [{ package: { ecosystem: 'Go', name: 'a.example/b' }, versions: ['1.0.0'] }] }

  it('are read by the source that recognises them, or by the one that is named', async () => {
    await using place = await home()
    const path = join(place.dir, 'X-1.json')
    await writeFile(path, JSON.stringify(osv))
    expect(await ids(path)).toEqual(['osv-go'])
    expect(await ids(`osv-npm=${path}`)).toEqual(['osv-npm'])
    expect(await ids(place.dir)).toEqual(['osv-go'])
  })

  it.each([
    { feed: 'nobody=FILE', message: /no advisory source named nobody/ },
    { feed: 'osv-go=FILE.none', message: /no such feed/ },
    { feed: 'FILE', message: /no source recognises/ },
  ])('are refused: $feed', async ({ feed, message }) => {
    await using place = await home()
    const path = join(place.dir, 'poem.txt')
    await writeFile(path, 'Shall I compare thee')
    await expect(openFeeds([feed.replace('FILE', path)])).rejects.toThrow(message)
  })

  it('can be listed in a recipe', async () => {
    await using place = await home()
    await writeFile(join(place.dir, 'X-1.json'), JSON.stringify(osv))
    const recipe = join(place.dir, 'recipe.yaml')
    await writeFile(recipe, "- source: osv-go\n  id: mine\n  files: [X-1.json]\n  asOf: '2026-01-02'\n")
    const [input] = await readRecipe(recipe)
    expect(input?.source.id).toBe('osv-go')
    expect(input?.about).toEqual({ id: 'mine', asOf: '2026-01-02' })
    await writeFile(recipe, '- source: osv-go\n  file: X-1.json\n')
    await expect(readRecipe(recipe)).rejects.toMatchObject({ code: 'malformed' })
  })
})
