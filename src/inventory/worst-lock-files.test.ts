import { expect, it } from 'vitest'
import { rootOf } from '../../test/helpers/root.ts'
import { catalog } from './inventory.ts'
import { catalogers } from './registry.generated.ts'

/** Files of JavaScript and Python that are as dear as their length allows; the test ends in time when cost is linear. */
const mebibyte = 1024 ** 2
const metadata = 'a/b-1.dist-info/METADATA'
const unreadable = 'entries that are not as the format has them: 1'

const loaded = Promise.all(Object.values(catalogers).map(async (load) => (await load()).default))

it.each<[string, string, string | Buffer, number, string | undefined]>([
  [
    'packages',
    'a/yarn.lock',
    `# yarn lockfile v1\n${members(40_000, (index) => `p${index}@^1:\n  version "1"\n`)}`,
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
])('%s: %s', async (_, path, content, packages, reason) => {
  const options = { catalogers: await loaded, signal: AbortSignal.timeout(25_000) }
  const inventory = await catalog(rootOf({ [path]: content }), options)
  expect(inventory.packages.length).toBe(packages)
  expect(inventory.unknowns.map((unknown) => unknown.reason)).toEqual(reason === undefined ? [] : [reason])
})

function filled(piece: string, bytes = 8 * mebibyte): Buffer {
  return Buffer.alloc(bytes, piece)
}

function members(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join('')
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
