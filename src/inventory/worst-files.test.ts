import { zstdCompressSync } from 'node:zlib'
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
const rocks = 'usr/lib/luarocks/rocks-5.1/manifest'
const opam = 'a/.opam-switch/switch-state'
const terraform = 'a/.terraform.lock.hcl'
const rpm = 'var/lib/rpm/Packages.db'
const pom = 'a/pom.xml'
const gradle = 'a/gradle.lockfile'
const deps = 'a/a.deps.json'
const props = 'a/Directory.Packages.props'
const cargo = 'a/Cargo.lock'
const bundle = 'a/Gemfile.lock'
const gem = 'a/specifications/a.gemspec'
const pear = 'a/.registry/a.reg'
const mix = 'a/mix.lock'
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

/** Each property is the next one twice. */
function endlessProject(): string {
  const next = (index: number) => `\${p${index}}`
  const properties = members(20_000, (index) => `<p${index}>${next(index + 1)}${next(index + 1)}</p${index}>`)
  const dependency = `<dependency><groupId>a</groupId><artifactId>b</artifactId><version>${next(0)}</version></dependency>`
  return `<project><properties>${properties}</properties><dependencies>${dependency.repeat(20_000)}</dependencies></project>`
}
const describesNothing = 'it describes no package with a proper name and version'
const wall = `{"jsonwall":"1.0"}\n${'{"kind":"package"}\n'.repeat(300_000)}`

describe('the worst of files', () => {
  const improper = 'entries without a proper name or version'
  it.each<[string, string, string | Buffer, number, unknown]>([
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
    ['properties of properties', pom, endlessProject(), 0, '20,000 dependencies whose version this file does not tell'],
    ['one line', gradle, filled('a:b:1='), 1, undefined],
    ['configurations', gradle, `a:b:1=${'test,'.repeat(mebibyte)}`, 1, undefined],
    ['lines', gradle, filled('a\n'), 0, 'lines that are not as Gradle writes them: 4194304'],
    [
      'libraries',
      deps,
      `{"libraries":{${members(200_000, (index) => `"a/${index}":{"type":"project"}`)}}}`,
      0,
      undefined,
    ],
    [
      'properties of properties',
      props,
      `<Project><PropertyGroup>${'<a>$(a)$(a)$(a)$(a)</a>'.repeat(50_000)}</PropertyGroup><ItemGroup>${'<PackageVersion Include="a" Version="$(a)"/>'.repeat(20_000)}</ItemGroup></Project>`,
      0,
      '20,000 entries without an exact version',
    ],
    ['depth', rocks, `a=${'{'.repeat(200_000)}`, 0, 'tables deeper than 100'],
    ['long brackets', rocks, filled('[='), 0, 'it is not a list of Lua constants'],
    ['joined texts', rocks, `a=""${'..""'.repeat(2 * mebibyte)}`, 0, 'more than 1000000 words'],
    ['one text', opam, `installed: ["${'x'.repeat(8 * mebibyte)}`, 0, 'this is not an opam file'],
    ['one word', opam, `a${':'.repeat(8 * mebibyte)}`, 0, 'more than 1000000 words'],
    ['open braces', opam, `a: "x" ${'{'.repeat(900_000)}`, 0, undefined],
    ['one text', terraform, `"${'a'.repeat(8 * mebibyte)}`, 0, 'this is not a Terraform lock file'],
    ['open blocks', terraform, 'provider "a/b/c" {'.repeat(400_000), 0, 'more than 1000000 words'],
    [
      'requirements',
      'a/conan.lock',
      `{"graph_lock":{"nodes":{"1":{"ref":"a/1","requires":[${'"1",'.repeat(400_000)}"1"]}}}}`,
      1,
      undefined,
    ],
    [
      'lines',
      'a/conanfile.txt',
      `[requires]\n${'x\n'.repeat(500_000)}`,
      0,
      'entries that are not as the format has them: 500000',
    ],
    [
      'names',
      'a/b/DESCRIPTION',
      Buffer.concat([Buffer.from('Package: b\nBuilt: 1\nVersion: 1\nImports: '), filled('a,\n ', mebibyte)]),
      1,
      undefined,
    ],
    ['blank lines', 'wp-includes/version.php', filled('\n'), 0, 'it does not say which version of WordPress it is'],
    [
      'dependencies',
      cargo,
      `[[package]]\nname="a"\nversion="1"\nsource="b"\ndependencies=[${'"x",'.repeat(mebibyte)}]`,
      1,
      undefined,
    ],
    ['depth', cargo, `a=${'['.repeat(4 * mebibyte)}`, 0, expect.stringMatching(/^this is not TOML: /)],
    ['gems', bundle, `GEM\n  specs:\n${'    a (1)\n'.repeat(mebibyte / 2)}`, 1, undefined],
    [
      'lines',
      bundle,
      `GEM\n  specs:\n${'    a(\n'.repeat(mebibyte / 2)}`,
      0,
      'entries that are not as the format has them: 524288',
    ],
    ['blanks', bundle, filled(' '), 0, undefined],
    ['quotes', gem, `  s.licenses = [${'"'.repeat(4 * mebibyte)}`, 0, 'a gem whose name or version is not written out'],
    [
      'dependencies',
      gem,
      filled('  s.add_dependency(%q<a>)\n', 4 * mebibyte),
      0,
      'a gem whose name or version is not written out',
    ],
    ['depth', pear, filled('a:1:{i:0;'), 0, 'serialised data that is too deep or has too many values'],
    [
      'members',
      pear,
      `a:999999:{${'i:0;i:0;'.repeat(900_000)}`,
      0,
      'serialised data that is too deep or has too many values',
    ],
    ['words', 'a/go.mod', `require ${'a '.repeat(4 * mebibyte)}`, 0, 'entries that are not as the format has them: 1'],
    ['depth', mix, filled('{'), 0, 'terms that are too deep or too many'],
    ['items', mix, `[${'a,'.repeat(mebibyte)}`, 0, 'terms that are too deep or too many'],
    ['a text', mix, `"${'\\"'.repeat(4 * mebibyte)}`, 0, 'a term in line 1 cannot be read'],
    ['strings', 'a/ebin/a.app', filled('"a"', 4 * mebibyte), 0, 'a term in line 1 cannot be read'],
    ['comments', 'a/ebin/a.app', filled('%\n', 4 * mebibyte), 0, 'an application without a proper name or version'],
    ['needs', status, `Package: a\nVersion: 1\nDepends: ${'b|c,'.repeat(2 * mebibyte)}\n`, 1, undefined],
    ['needs', installed, `P:a\nV:1\nD:${'b>=1 '.repeat(2 * mebibyte)}\n`, 1, undefined],
    ['needs of all', installed, 'P:a\nV:1\nD:b c d\n\n'.repeat(20_000), 1, undefined],
    ['one line', 'var/lib/pacman/local/a/desc', filled('%NAME%'), 0, describesNothing],
    ['short lines', 'var/lib/pacman/local/a/desc', filled('%A%\n'), 0, describesNothing],
    ['blanks', 'usr/lib/opkg/status', `Package: a\nVersion: 1\nStatus: ${' '.repeat(mebibyte)}x\n`, 1, undefined],
    [
      'one line',
      'var/db/pkg/a/b/PF',
      filled('a-1_p'),
      0,
      'it names no package with a version that the package manager knows',
    ],
    [
      'short lines',
      'var/lib/rpmmanifest/container-manifest-2',
      filled('a\n'),
      0,
      `lines that describe no package: ${4 * mebibyte}`,
    ],
    [
      'short lines',
      'var/lib/chisel/manifest.wall',
      zstdCompressSync(wall),
      0,
      'too much of it cannot be read: the rest was not read',
    ],
    [
      'short lines',
      'root/buildinfo/Dockerfile-a',
      filled('LABEL a=b\n'),
      0,
      'it does not tell which build of what image it is of',
    ],
    [
      'one line',
      'root/buildinfo/Dockerfile-a',
      `LABEL ${'a="'.repeat(2 * mebibyte)}`,
      0,
      'it does not tell which build of what image it is of',
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
