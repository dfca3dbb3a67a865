import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { expect, it } from 'vitest'
import type { Cataloger } from '#inventory/cataloger.ts'
import otpApplication from '#inventory/erlang/otp-application.cataloger.ts'
import goMod from '#inventory/golang/go-mod.cataloger.ts'
import { catalog } from '#inventory/inventory.ts'
import composerInstalled from '#inventory/php/composer-installed.cataloger.ts'
import gemSpecification from '#inventory/ruby/gem-specification.cataloger.ts'
import cargoLock from '#inventory/rust/cargo-lock.cataloger.ts'
import { describeWith } from '../helpers/components.ts'
import { rootOf } from '../helpers/root.ts'

/** `name version` of every package in these files, each once. */
async function packagesIn(cataloger: Cataloger, folder: string, files: readonly string[]): Promise<string[]> {
  const root = rootOf(Object.fromEntries(files.map((file) => [relative(folder, file), readFileSync(file)])))
  const { packages, unknowns } = await catalog(root, { catalogers: [cataloger], signal: AbortSignal.timeout(60_000) })
  expect(unknowns).toEqual([])
  return [...new Set(packages.map(({ name, version }) => `${name} ${version}`))].toSorted()
}

interface Run {
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
}

function run(program: string, args: readonly string[], { folder, env = {} }: Run): string {
  return execFileSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

describeWith(['gem'], 'installed gems', () => {
  it('of this machine are those of gem list', async () => {
    const paths = run('gem', ['environment', 'gempath'], { folder: '/' }).trim().split(':')
    const files = paths.flatMap((path) => globSync(`${path}/specifications/{,default/}*.gemspec`))
    const listed = run('gem', ['list', '--local', '--all'], { folder: '/' }).split('\n')
    const expected = listed.flatMap((line) => {
      const [, name = '', versions = ''] = /^(\S+) \((.*)\)$/.exec(line) ?? []
      return versions.split(', ').map((version) => `${name} ${version.replace('default: ', '').split(' ')[0]}`)
    })
    expect(await packagesIn(gemSpecification, '/', files)).toEqual(expected.filter((label) => label !== ' ').toSorted())
  })
})

describeWith(['cargo'], 'a Cargo lock file', () => {
  it.each(['3', '4'])('of version %s has the crates of cargo metadata', async (version) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-cargo-'))
    const crates = ['buoy', 'gauge', 'gauge-derive', 'harbour', 'log_lines'].map((name, index) => ({
      name,
      text: `[package]\nname = "${name}"\nversion = "0.${index}.1-rc.${index}+b"\nedition = "2021"\n`,
    }))
    writeFiles(folder.path, {
      ...Object.fromEntries(
        crates.flatMap(({ name, text }) => [
          [`registry/${name}/Cargo.toml`, text],
          [`registry/${name}/src/lib.rs`, ''],
          [`registry/${name}/.cargo-checksum.json`, `{"package":"${'0'.repeat(64)}","files":{}}`],
        ]),
      ),
      '.cargo/config.toml': '[source.crates-io]\nreplace-with = "here"\n[source.here]\ndirectory = "registry"\n',
      'Cargo.toml': `[package]\nname = "app"\nversion = "1.0.0"\nedition = "2021"\nrust-version = "${version === '3' ? '1.60' : '1.80'}"\n[dependencies]\n${crates.map(({ name, text }) => `${name} = "=${/version = "([^"+]+)/.exec(text)?.[1]}"`).join('\n')}\n`,
      'src/main.rs': 'fn main() {}\n',
    })
    const env = { CARGO_HOME: join(folder.path, 'home') }
    const metadata: unknown = JSON.parse(
      run('cargo', ['metadata', '--offline', '--format-version', '1'], { folder: folder.path, env }),
    )
    const lock = readFileSync(join(folder.path, 'Cargo.lock'), 'utf8')
    const written = await packagesIn(cargoLock, folder.path, [join(folder.path, 'Cargo.lock')])
    expect(metadata).toMatchObject({ packages: expect.any(Array) })
    expect(written).toEqual(cratesOf(metadata).toSorted())
    expect(written).toHaveLength(crates.length)
    expect(lock).toMatch(/^version = [34]$/m)
  })
})

function cratesOf(metadata: unknown): string[] {
  if (typeof metadata !== 'object' || metadata === null || !('packages' in metadata)) return []
  const packages: unknown[] = Array.isArray(metadata.packages) ? metadata.packages : []
  return packages.flatMap((one) =>
    typeof one === 'object' &&
    one !== null &&
    'name' in one &&
    'version' in one &&
    'source' in one &&
    one.source !== null
      ? [`${String(one.name)} ${String(one.version)}`]
      : [],
  )
}

describeWith(['composer'], 'installed Composer packages', () => {
  it('are those of composer show', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-composer-'))
    const library = (name: string, more: object) => ({ name, type: 'metapackage', license: 'MIT', ...more })
    const packages = {
      'harbour/fleet': {
        'v3.0.0': library('harbour/fleet', { version: 'v3.0.0', require: { 'harbour/pilot': '^2' } }),
      },
      'harbour/pilot': { '2.4.1.2': library('harbour/pilot', { version: '2.4.1.2', require: { php: '>=5' } }) },
      'harbour/lookout': { '0.9.0-beta2': library('harbour/lookout', { version: '0.9.0-beta2' }) },
    }
    writeFiles(folder.path, {
      'repository/packages.json': JSON.stringify({ packages }),
      'composer.json': JSON.stringify({
        name: 'acme/shop',
        repositories: [{ 'packagist.org': false }, { type: 'composer', url: `file://${folder.path}/repository` }],
        require: { 'harbour/fleet': '^3' },
        'require-dev': { 'harbour/lookout': '^0.9@beta' },
      }),
    })
    const env = { COMPOSER_ALLOW_SUPERUSER: '1', COMPOSER_HOME: join(folder.path, 'home') }
    run('composer', ['update', '--no-interaction', '--no-audit'], { folder: folder.path, env })
    const shown = run('composer', ['show', '--no-interaction'], { folder: folder.path, env }).trim().split('\n')
    const expected = shown.map((line) => line.trim().split(/\s+/).slice(0, 2).join(' '))
    const file = join(folder.path, 'vendor/composer/installed.json')
    expect(await packagesIn(composerInstalled, folder.path, [file])).toEqual(expected.toSorted())
    expect(expected).toHaveLength(3)
  })
})

describeWith(['go'], 'a go.mod', () => {
  it('asks for what go mod edit reads in it', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-go-mod-'))
    const file = join(folder.path, 'go.mod')
    writeFileSync(
      file,
      'module "example.org/app" // a comment\n\ngo 1.19\n\nrequire example.org/one v1.0.0\nrequire (\n\t// nothing\n\t"example.org/two" v2.0.0+incompatible // indirect\n\n\t"example.org/three/v3" v3.0.0-20230415120000-0123456789ab\n)\nexclude example.org/one v0.9.0\nretract (\n\tv0.1.0\n\t[v0.2.0, v0.3.0] // both\n)\n',
    )
    const read: unknown = JSON.parse(run('go', ['mod', 'edit', '-json', file], { folder: folder.path }))
    const required = read !== null && typeof read === 'object' && 'Require' in read ? read.Require : undefined
    const expected = (await packagesIn(goMod, folder.path, [file])).map((label) => {
      const [path, version] = label.split(' ')
      return expect.objectContaining({ Path: path, Version: version })
    })
    expect(expected).toHaveLength(3)
    expect(required).toEqual(expect.arrayContaining(expected))
    expect(required).toHaveLength(3)
  })
})

describeWith(['erl'], 'compiled Erlang applications', () => {
  it('of this machine are read as file:consult reads them', async () => {
    const program = 'io:format("~ts", [code:lib_dir()]), halt().'
    const folder = run('erl', ['-noshell', '-eval', program], { folder: '/' }).trim()
    const files = globSync(`${folder}/*/ebin/*.app`)
    const consult = `[begin {ok, [{application, N, P}]} = file:consult(F), io:format("~ts ~ts~n", [N, proplists:get_value(vsn, P)]) end || F <- filelib:wildcard("${folder}/*/ebin/*.app")], halt().`
    const expected = run('erl', ['-noshell', '-eval', consult], { folder: '/' }).trim().split('\n')
    expect(await packagesIn(otpApplication, '/', files)).toEqual(expected.toSorted())
    expect(expected.length).toBeGreaterThan(3)
  })
})
