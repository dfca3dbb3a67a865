import { describe, expect, it } from 'vitest'
import type { Entry } from '#image/entry.ts'
import { overlay } from '#image/file-tree.ts'
import { catalog, type Inventory } from './inventory.ts'
import { catalogers } from './registry.generated.ts'

/** Files that are legal, or nearly, and as dear as their length allows; the test ends in time when cost is linear. */
const mebibyte = 1024 ** 2
const status = 'var/lib/dpkg/status'
const installed = 'lib/apk/db/installed'
const lock = 'a/package-lock.json'
const manifest = 'a/node_modules/x/package.json'
const rpm = 'var/lib/rpm/Packages.db'
const metadata = 'a/b-1.dist-info/METADATA'
const unreadable = 'entries that are not as the format has them: 1'

const loaded = Promise.all(Object.values(catalogers).map(async (load) => (await load()).default))

async function inventoryOf(entries: readonly Entry[], signal = AbortSignal.timeout(25_000)): Promise<Inventory> {
  return catalog(overlay([{ entries, unknowns: [], bytes: 0 }]), { catalogers: await loaded, signal })
}

function file(path: string, text: string | Buffer): Entry {
  const content = Buffer.from(text)
  return { path, type: 'file', size: content.length, mode: 0o644, uid: 0, gid: 0, content }
}

function link(path: string, linkTarget: string): Entry {
  return { path, type: 'symlink', size: 0, mode: 0o777, uid: 0, gid: 0, linkTarget }
}

function filled(piece: string, bytes = 8 * mebibyte): Buffer {
  return Buffer.alloc(bytes, piece)
}

function members(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join()
}

function bunLock(key: string, version: string): string {
  const workspaces = { '': { dependencies: { [key]: '1' } } }
  return JSON.stringify({ lockfileVersion: 1, workspaces, packages: { [key]: [`a@file:${version}.tgz`, '', {}] } })
}

/** Each of the same name needs the next one. */
function uvPackages(count: number): string {
  const needs = (version: number) => `dependencies = [{ name = "p", version = "${version}" }]\n`
  const root = `[[package]]\nname = "r"\nsource = { virtual = "." }\n${needs(0)}`
  return `${root}${Array.from({ length: count }, (_, index) => `[[package]]\nname = "p"\nversion = "${index}"\n${needs(index + 1)}`).join('')}`
}

/** Pages of slots of which none is in use. */
function freeSlots(bytes: number): Buffer {
  const database = Buffer.alloc(bytes, 'Slot'.padEnd(16, '\0'), 'latin1')
  database.write('RpmP'.padEnd(32, '\0'), 0, 'latin1')
  database.writeUInt32LE(bytes / 4096, 12)
  return database
}

/** Every item is one byte long. */
function tinyItems(bytes: number): Buffer {
  const database = Buffer.alloc(bytes)
  database.writeUInt32LE(0x06_15_61, 12)
  database.writeUInt32LE(512, 20)
  for (let page = 512; page < bytes; page += 512) {
    database.writeUInt8(13, page + 25)
    database.writeUInt16LE(160, page + 20)
    for (let index = 0; index < 160; index++) database.writeUInt16LE(511 - index, page + 26 + 2 * index)
  }
  return database
}

describe('the worst of files', () => {
  const improper = 'entries without a proper name or version'
  it.each<[string, string, string | Buffer, number, string | undefined]>([
    ['one line', status, Buffer.concat([Buffer.from('Package: '), filled('a')]), 0, `${improper}: 1`],
    ['one field', status, Buffer.concat([Buffer.from('Package: a\nVersion: 1\nX: '), filled('a\n b')]), 1, undefined],
    ['blank lines', status, filled('\n'), 0, undefined],
    ['fields of one letter', status, filled('a:\n', 3 * mebibyte), 0, `${improper}: 1`],
    ['stanzas of one letter', status, filled('a\n\n', 3 * mebibyte), 0, `${improper}: 1048576`],
    ['blanks in a status', status, `Package: a\nVersion: 1\nStatus: ${' '.repeat(mebibyte)}x\n`, 1, undefined],
    ['blanks in a source', status, `Package: a\nVersion: 1\nSource: a${' '.repeat(mebibyte)}x\n`, 1, undefined],
    ['one line', installed, filled('P'), 0, `${improper}: 1`],
    ['blank lines', installed, filled('\n'), 0, undefined],
    ['entries of one letter', installed, filled('P:a\n\n', 5 * mebibyte), 0, `${improper}: 1048576`],
    ['depth', manifest, '['.repeat(8 * mebibyte), 0, 'JSON that is deeper than 1000'],
    [
      'a name',
      manifest,
      `{"name":"${'a'.repeat(8 * mebibyte)}","version":"1"}`,
      0,
      'its name or version is not one that npm knows',
    ],
    [
      'values',
      lock,
      `{"packages":{${members(600_000, (index) => `"${index}":0`)}}}`,
      0,
      'JSON with more than 500000 values',
    ],
    ['depth', lock, `${'{"dependencies":{"a":'.repeat(600)}{}${'}}'.repeat(600)}`, 0, 'JSON that is deeper than 1000'],
    [
      'depth and width',
      lock,
      `{"dependencies":{${members(50, (index) => `"p${index}":${'{"version":"1","dependencies":{"a":'.repeat(400)}{}${'}}'.repeat(400)}`)}}}`,
      51,
      'entries without an exact version: 50',
    ],
    [
      'packages',
      lock,
      `{"packages":{${members(20_000, (index) => `"node_modules/${index}":{"version":"1"}`)}}}`,
      20_000,
      undefined,
    ],
    [
      'packages',
      'a/yarn.lock',
      `# yarn lockfile v1\n${members(40_000, (index) => `p${index}@^1:\n  version "1"\n`).replaceAll(',', '')}`,
      40_000,
      undefined,
    ],
    ['unclosed text', 'a/yarn.lock', `# yarn lockfile v1\n${'"\\"'.repeat(2 * mebibyte)}:`, 0, unreadable],
    [
      'an unclosed list',
      'a/yarn.lock',
      `__metadata: {${'a,'.repeat(mebibyte)}`,
      0,
      'this is not YAML: unexpected end of the stream within a flow collection (1:2097166)',
    ],
    ['size', 'a/pnpm-lock.yaml', filled('#\n', 9 * mebibyte), 0, 'a lock file of more than 8388608 bytes'],
    ['documents', 'a/pnpm-lock.yaml', '---\n'.repeat(mebibyte), 0, 'a lock file of more than 9 documents'],
    ['depth', 'a/bun.lock', bunLock('a/'.repeat(mebibyte), '1'), 0, 'entries without an exact version: 1'],
    ['comments', 'a/bun.lock', filled('/*'), 0, 'this is not JSON'],
    ['one name', 'a/uv.lock', `version = 1\n${uvPackages(10_000)}`, 10_000, undefined],
    ['keys', 'a/poetry.lock', `${'a.'.repeat(2 * mebibyte)}a = 1`, 0, undefined],
    ['lines that go on', 'a/requirements.txt', filled('\\\n', mebibyte), 0, 'lines that are not as pip reads them: 52'],
    ['options', 'a/requirements.txt', filled('a --'), 0, 'requirements that allow more than one version: 1'],
    ['lines', 'a/_vendor/vendor.txt', filled('a==1\n', mebibyte), 0, 'a list of more than 2000 lines'],
    [
      'lines that go on',
      metadata,
      Buffer.concat([Buffer.from('Name: a\nVersion: 1\nLicense: x\n'), filled(' x\n')]),
      1,
      undefined,
    ],
    ['colons', metadata, `Name: a\nVersion: 1\nClassifier: License :: ${'a :: '.repeat(mebibyte)}`, 1, undefined],
    ['no end', 'a/b.egg', filled('PK\u0001\u0002'), 0, 'it is no zip, or cut off'],
    ['free slots', rpm, freeSlots(8 * mebibyte), 0, undefined],
    [
      'tiny items',
      'var/lib/rpm/Packages',
      tinyItems(8 * mebibyte),
      0,
      'the rpm database is damaged in 1000 places; the rest was not read',
    ],
  ])('%s: %s', async (_, path, content, packages, reason) => {
    const inventory = await inventoryOf([file(path, content)])
    expect(inventory.packages.length).toBe(packages)
    expect(inventory.unknowns.map((unknown) => unknown.reason)).toEqual(
      reason === undefined ? [] : expect.arrayContaining([reason]),
    )
  })

  it.each([
    ['blank lines', status, filled('\n', 32 * mebibyte)],
    ['stanzas', status, filled('a\n\n', 16 * mebibyte)],
    ['entries', installed, filled('P:a\n\n', 16 * mebibyte)],
    ['packages', lock, `{"packages":{${members(100_000, (index) => `"node_modules/${index}":{"version":"1"}`)}}}`],
    ['dependencies', lock, `{"packages":{${members(200_000, (index) => `"node_modules/${index}":{"dev":true}`)}}}`],
  ])('does not keep an interruption waiting: %s of %s', async (_, path, content) => {
    const interruption = new AbortController()
    setTimeout(() => interruption.abort(new Error('enough')), 0)
    await expect(inventoryOf([file(path, content)], interruption.signal)).rejects.toThrow('enough')
  })
})

describe('the worst of links', () => {
  it('are followed up to a number, and a folder they share is gone through once', async () => {
    const shared = Array.from({ length: 1000 }, (_, index) => file(`deps/p${index}/package.json`, manifestOf(index)))
    const links = Array.from({ length: 20_000 }, (_, index) => link(`x/${index}/node_modules`, '/deps'))
    const { packages, unknowns } = await inventoryOf([...shared, ...links])
    expect([packages.length, unknowns]).toEqual([0, []])
  })

  it('are told where there are more', async () => {
    const links = Array.from({ length: 200_001 }, (_, index) => link(`node_modules/${index}`, '/'))
    expect((await inventoryOf(links)).unknowns).toEqual([
      { path: '/', reason: 'of 200001 links that may lead to packages the first 200000 were followed' },
    ])
  })
})

function manifestOf(index: number): string {
  return `{"name":"p${index}","version":"1"}`
}
