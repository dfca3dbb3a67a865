import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { catalog } from '#inventory/inventory.ts'
import rpmDatabase from '#inventory/rpm/rpm-database.cataloger.ts'
import { describeWith } from '../helpers/components.ts'
import { rootOf } from '../helpers/root.ts'

describeWith(['dnf', 'createrepo_c', 'rpmbuild'], 'the history of dnf', () => {
  it('tells the repository that dnf says a package is from', { timeout: 120_000 }, async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'dnf-'))
    const at = (...parts: string[]): string => join(folder.path, ...parts)
    const run = (program: string, ...args: string[]): string =>
      execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    build(
      at('base'),
      [
        ['quay', '1.2'],
        ['mooring', '2.0'],
      ],
      run,
    )
    build(at('updates'), [['quay', '1.3']], run)
    const dnf = (...args: string[]): string =>
      run('dnf', '-y', '-q', '--installroot', at('root'), '--releasever', '9', '--nogpgcheck', ...repositories, ...args)
    const repositories = [
      `--setopt=cachedir=${at('cache')}`,
      '--setopt=reposdir=/nonexistent',
      ...['base', 'updates'].map((id) => `--repofrompath=${id},file://${at(id)}`),
    ]
    dnf('install', 'quay-1.2', 'mooring')
    dnf('upgrade')
    const said = dnf('repoquery', '--installed', '--qf', '%{name} %{from_repo}').trim().split('\n').toSorted()
    expect(said).toEqual(['mooring base', 'quay updates'])
    const root = rootOf({
      'var/lib/rpm/rpmdb.sqlite': readFileSync(at('root/root/.rpmdb/rpmdb.sqlite')),
      'var/lib/dnf/history.sqlite': readFileSync(at('root/var/lib/dnf/history.sqlite')),
      'var/lib/dnf/history.sqlite-wal': readFileSync(at('root/var/lib/dnf/history.sqlite-wal')),
    })
    const found = await catalog(root, { catalogers: [rpmDatabase], signal: AbortSignal.timeout(30_000) })
    expect(found.packages.map(({ name, repository }) => `${name} ${repository}`)).toEqual(said)
    expect(found.unknowns).toEqual([])
  })
})

/** A repository of packages that hold nothing. */
function build(
  folder: string,
  packages: readonly (readonly [name: string, version: string])[],
  run: (program: string, ...args: string[]) => string,
): void {
  mkdirSync(folder)
  for (const [name, version] of packages) {
    const head = [
      `Name: ${name}`,
      `Version: ${version}`,
      'Release: 1',
      'Summary: x',
      'License: MIT',
      'BuildArch: noarch',
    ]
    const spec = join(folder, `${name}.spec`)
    writeFileSync(spec, `${[...head, '%description', 'x', '%files'].join('\n')}\n`)
    run('rpmbuild', '-bb', '--define', `_topdir ${folder}/top`, '--define', `_rpmdir ${folder}`, spec)
  }
  run('createrepo_c', '-q', folder)
}
