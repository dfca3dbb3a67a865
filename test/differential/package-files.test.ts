import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { overlay } from '#image/file-tree.ts'
import type { Cataloger } from '#inventory/cataloger.ts'
import debFile from '#inventory/debian/deb-file.cataloger.ts'
import { catalog } from '#inventory/inventory.ts'
import rpmFile from '#inventory/rpm/rpm-file.cataloger.ts'
import { selectorFor } from '#inventory/selector.ts'
import type { Package } from '#model/package.ts'
import { describeWith } from '../helpers/components.ts'
import { contentsOf } from '../helpers/root.ts'

/** As a scan reads a file of an image: what the probe makes of the stream, then the cataloger of that. */
async function packageOf(cataloger: Cataloger, file: Buffer): Promise<Package | undefined> {
  const probe = selectorFor([cataloger]).probe(file.subarray(0, 64), file.length, 'opt/package')
  for (let at = 0; at < file.length; at += 10_000) probe?.write(file.subarray(at, at + 10_000))
  const tree = overlay([contentsOf({ 'opt/package': probe?.end() })])
  const { packages, unknowns } = await catalog(tree, { catalogers: [cataloger], signal: AbortSignal.timeout(60_000) })
  expect(unknowns).toEqual([])
  return packages[0]
}

function run(program: string, args: readonly string[], cwd?: string): string {
  return execFileSync(program, args, { encoding: 'utf8', cwd, stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}

const relations = ['libc6 (>= 2.36), libtide6 (= 1:6.0) | tide-compat', 'adduser', '']

describeWith(['dpkg-deb'], 'a .deb file', () => {
  it.each(['xz', 'gzip', 'zstd', 'none'])('compressed with %s says what dpkg-deb says of it', async (compression) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'deb-'))
    for (const [index, depends] of relations.entries()) {
      const root = join(folder.path, `root-${index}`)
      mkdirSync(join(root, 'DEBIAN'), { recursive: true })
      const control = [
        `Package: pier-${index}`,
        `Version: ${index + 1}:2.0~rc1-1+b${index}`,
        `Source: pier (2.0~rc${index})`,
        'Architecture: arm64',
        'Maintainer: Harbour Team <harbour@example.org>',
        ...(depends === '' ? [] : [`Depends: ${depends}`]),
        `Description: tools\n ${'of the pier '.repeat(1 + index * 2000)}`,
      ]
      writeFileSync(join(root, 'DEBIAN/control'), `${control.join('\n')}\n`)
      const file = join(folder.path, `${index}.deb`)
      run('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '-b', root, file])
      const found = await packageOf(debFile, readFileSync(file))
      const said = ['Package', 'Version', 'Architecture', 'Maintainer'].map((field) =>
        run('dpkg-deb', ['-f', file, field]),
      )
      expect([found?.name, found?.version, found?.architecture, found?.vendor]).toEqual(said)
      expect(`${found?.source?.name} (${found?.source?.version})`).toBe(run('dpkg-deb', ['-f', file, 'Source']))
      const names = depends === '' ? undefined : depends.split(',').map((one) => one.trim().split(' ')[0])
      expect(found?.dependencies).toEqual(names)
    }
  })
})

const query = '%{name}|%{epoch}|%{version}-%{release}|%{arch}|%{vendor}|%{license}|%{sourcerpm}'

describeWith(['rpmbuild', 'rpm'], 'an .rpm file', () => {
  it('says what rpm says of it', { timeout: 60_000 }, async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'rpm-'))
    const spec = [
      'Name: tide',
      'Version: 6.0~rc1',
      'Release: 2.el9',
      'Epoch: 3',
      'Summary: tables',
      'License: MIT AND ISC',
    ]
    const subpackage = [
      '%package -n libtide6',
      'Summary: library',
      'BuildArch: noarch',
      '%description -n libtide6',
      'x',
    ]
    const files = ['%files', '%files -n libtide6']
    const text = [...spec, 'Vendor: Harbour Team', '%description', 'x'.repeat(30_000), ...subpackage, ...files]
    writeFileSync(join(folder.path, 'tide.spec'), `${text.join('\n')}\n`)
    run(
      'rpmbuild',
      ['-bb', '--define', `_topdir ${folder.path}`, '--define', `_rpmdir ${folder.path}/out`, 'tide.spec'],
      folder.path,
    )
    const built = readdirSync(join(folder.path, 'out'), { recursive: true, encoding: 'utf8' })
    const rpms = built.filter((name) => name.endsWith('.rpm')).map((name) => join(folder.path, 'out', name))
    expect(rpms.length).toBeGreaterThan(1)
    for (const path of rpms) {
      const found = await packageOf(rpmFile, readFileSync(path))
      const [name, epoch, version, architecture, vendor, license, sourceRpm] = run('rpm', [
        '-qp',
        '--qf',
        query,
        path,
      ]).split('|')
      expect(found).toMatchObject({ name, version: `${epoch}:${version}`, architecture, vendor, licences: [license] })
      expect(found?.purl).toContain(`upstream=${sourceRpm}`)
    }
  })
})
