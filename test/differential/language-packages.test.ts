/** Packages that tools of languages install, against what these tools list. */
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { expect, it } from 'vitest'
import type { Cataloger } from '#inventory/cataloger.ts'
import { catalog } from '#inventory/inventory.ts'
import luarocksManifest from '#inventory/lua/luarocks-manifest.cataloger.ts'
import luarocksRock from '#inventory/lua/luarocks-rock.cataloger.ts'
import opamInstalled from '#inventory/ocaml/opam-installed.cataloger.ts'
import opamSwitchState from '#inventory/ocaml/opam-switch-state.cataloger.ts'
import cpanMeta from '#inventory/perl/cpan-meta.cataloger.ts'
import perllocal from '#inventory/perl/perllocal.cataloger.ts'
import rInstalled from '#inventory/r/r-installed.cataloger.ts'
import { describeWith } from '../helpers/components.ts'
import { rootOf } from '../helpers/root.ts'

/** `name version` of what is found in files below a folder, whose paths are those of the root. */
async function found(catalogers: readonly Cataloger[], folder: string, globs: readonly string[]): Promise<string[]> {
  const paths = globs.flatMap((glob) => globSync(glob, { cwd: folder }))
  const files = paths.map((path) => [relative('/', join('/', path)), readFileSync(join(folder, path))] as const)
  const options = { catalogers, signal: AbortSignal.timeout(60_000) }
  const { packages, unknowns } = await catalog(rootOf(Object.fromEntries(files)), options)
  expect(unknowns).toEqual([])
  return packages.map(({ name, version }) => `${name} ${version}`).toSorted()
}

function answer(program: string, args: readonly string[], options: object = {}): string[] {
  const output = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], ...options })
  return output.split('\n').filter((line) => line !== '')
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

describeWith(['Rscript'], 'R packages', () => {
  it('of this machine are those that R lists', async () => {
    const script = 'x <- installed.packages(); cat(paste(x[, "Package"], x[, "Version"]), sep = "\\n")'
    const expected = answer('Rscript', ['-e', script]).toSorted()
    expect(expected.length).toBeGreaterThan(10)
    const globs = ['usr/lib/R/*library/*/DESCRIPTION', 'usr/local/lib/R/site-library/*/DESCRIPTION']
    expect(await found([rInstalled], '/', globs)).toEqual(expected)
  })
})

const rocks = [
  ['acme-log', '1.4.0-2'],
  ['acme-log', '1.5.0-1'],
  ['acme-time', '2.0rc1-1'],
] as const

describeWith(['luarocks'], 'rocks', () => {
  it.each([
    ['with their specifications', ['**/manifest', '**/*.rockspec']],
    ['by the manifest alone', ['**/manifest']],
  ])('%s are those that LuaRocks lists', async (_, globs) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-rocks-'))
    const tree = ['--tree', join(folder.path, 'tree')]
    for (const [name, version] of rocks) {
      const build = '{ type = "builtin", modules = { ["acme"] = "acme.lua" } }'
      const rockspec = `package = "${name}"\nversion = "${version}"\nsource = { url = "git+https://example.com/acme.git" }\nbuild = ${build}\n`
      write(folder.path, { [`${name}-${version}.rockspec`]: rockspec, 'acme.lua': 'return {}\n' })
      answer('luarocks', [...tree, 'make', '--keep', `${name}-${version}.rockspec`], { cwd: folder.path })
    }
    const listed = answer('luarocks', [...tree, 'list', '--porcelain'], { cwd: folder.path })
    const expected = listed.map((line) => line.split('\t').slice(0, 2).join(' ')).toSorted()
    expect(expected.length).toBe(rocks.length)
    expect(await found([luarocksManifest, luarocksRock], join(folder.path, 'tree'), globs)).toEqual(expected)
  })
})

describeWith(['opam'], 'opam packages', () => {
  it.each([
    ['with their descriptions', ['.opam-switch/switch-state', '.opam-switch/packages/*/opam']],
    ['by the state of the switch alone', ['.opam-switch/switch-state']],
  ])('%s are those that opam lists', async (_, globs) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-opam-'))
    const { path } = folder
    const description = 'opam-version: "2.0"\nsynopsis: "x"\nmaintainer: "x"\nlicense: "ISC"\n'
    write(path, {
      'repository/repo': 'opam-version: "2.0"\n',
      'repository/packages/acme-time/acme-time.2.0.1~beta1/opam': description,
      'repository/packages/acme-log/acme-log.v1.4/opam': `${description}depends: ["acme-time" {>= "2.0"}]\n`,
    })
    const env = { PATH: process.env['PATH'], HOME: path, OPAMROOT: join(path, 'root'), OPAMROOTISOK: '1', OPAMYES: '1' }
    const repository = ['local', join(path, 'repository')]
    answer('opam', ['init', '--bare', '-n', '--disable-sandboxing', ...repository], { env })
    answer('opam', ['switch', 'create', 'acme', '--empty'], { env })
    answer('opam', ['install', '--switch', 'acme', 'acme-log'], { env })
    const columns = ['--columns', 'name,version', '--short']
    const listed = answer('opam', ['list', '--switch', 'acme', ...columns], { env })
    const expected = listed.map((line) => line.trim().replaceAll(/\s+/g, ' ')).toSorted()
    expect(expected).toEqual(['acme-log v1.4', 'acme-time 2.0.1~beta1'])
    expect(await found([opamInstalled, opamSwitchState], join(path, 'root/acme'), globs)).toEqual(expected)
  })
})

describeWith(['perl', 'make', 'gzip', 'cpanm'], 'CPAN distributions', () => {
  it('are those that cpanm and make install', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-cpan-'))
    const { path } = folder
    for (const [name, version] of [
      ['Log', '1.40'],
      ['Time', 'v2.0.1'],
    ] as const) {
      write(join(path, name), {
        'Makefile.PL': `use ExtUtils::MakeMaker; WriteMakefile(NAME => 'Acme::${name}', VERSION => '${version}');\n`,
        [`lib/Acme/${name}.pm`]: `package Acme::${name};\nour $VERSION = '${version}';\n1;\n`,
        MANIFEST: `MANIFEST\nMakefile.PL\nlib/Acme/${name}.pm\n`,
      })
    }
    const tree = join(path, 'tree')
    const env = { PATH: process.env['PATH'], HOME: path }
    answer('cpanm', ['-q', '-n', '-l', tree, join(path, 'Log')], { env })
    answer('perl', ['Makefile.PL', `INSTALL_BASE=${tree}`], { env, cwd: join(path, 'Time') })
    answer('make', ['install'], { env, cwd: join(path, 'Time') })
    const globs = ['**/perllocal.pod', '**/.meta/*/*.json']
    const everything = await found([cpanMeta, perllocal], tree, globs)
    expect(everything).toEqual(['Acme-Log 1.40', 'Acme-Time v2.0.1'])
  })
})
