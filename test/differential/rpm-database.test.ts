import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBerkeleyDb } from '#inventory/rpm/berkeley-db.ts'
import { readNdb } from '#inventory/rpm/ndb.ts'
import cataloger from '#inventory/rpm/rpm-database.cataloger.ts'
import { readHeader } from '#inventory/rpm/rpm-header.ts'
import { readSqlite } from '#inventory/rpm/sqlite-packages.ts'
import type { Package } from '#model/package.ts'
import { describeShared, describeWith, hasProgram, projectDir, shared } from '../helpers/components.ts'

const query = '%{name}|%{epoch}|%{version}|%{release}|%{arch}|%{sourcerpm}|%{vendor}|%{modularitylabel}\\n'
const folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-rpm-'))
afterAll(() => folder.remove())

function fresh(name: string): string {
  const path = join(folder.path, name)
  mkdirSync(path)
  return path
}

/** What rpm itself lists, sorted. */
function listed(databaseFolder: string, backend: string): string[] {
  const options = ['-qa', '--dbpath', databaseFolder, '--define', `_db_backend ${backend}`, '--qf', query]
  const lines = execFileSync('rpm', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')
  return lines.filter((line) => line !== '').toSorted()
}

/** The same lines, as we read the database. */
function ours(bytes: Buffer): string[] {
  return blobsOf(bytes)
    .map((blob) => {
      const header = readHeader(blob)
      const { name, epoch, version, release, architecture, sourceRpm, vendor, modularityLabel } = header
      const fields = [name, epoch, version, release, architecture, sourceRpm, vendor, modularityLabel]
      return fields.map((field) => field ?? '(none)').join('|')
    })
    .toSorted()
}

function blobsOf(bytes: Buffer): Buffer[] {
  const magic = bytes.toString('latin1', 0, 4)
  const read = { SQLi: readSqlite, RpmP: readNdb }[magic] ?? readBerkeleyDb
  const records = read(bytes)
  return [...records].flatMap((record) => {
    if (record === undefined) return []
    return 'blob' in record ? record.blob : fail(record)
  })
}

function fail(problem: Error): never {
  throw problem
}

async function packagesOf(bytes: Buffer): Promise<Package[]> {
  const file = {
    path: 'var/lib/rpm/x',
    bytes: () => Promise.resolve(bytes),
    text: () => Promise.resolve(''),
  }
  const context = {
    signal: new AbortController().signal,
    distribution: undefined,
    typeOf: () => undefined,
    contentOf: () => undefined,
    namesIn: () => [],
  }
  const packages: Package[] = []
  for await (const found of await cataloger.catalog(file, context))
    if (found !== undefined && 'package' in found) packages.push(found.package)
  return packages
}

/** Stores headers in a database of another kind. */
function stored(kind: string, blobs: readonly Buffer[], path: string): void {
  const input = blobs.map((blob, index) => `${index + 1} ${blob.toString('hex')}\n`).join('')
  execFileSync('perl', [join(projectDir, 'tools/fixtures/rpm-store.pl'), kind, path], { input })
}

/** An rpm database of the kind that rpm writes today, with these headers. */
function sqliteWith(blobs: readonly Buffer[], databaseFolder: string): void {
  execFileSync('rpm', ['--initdb', '--dbpath', databaseFolder, '--define', '_db_backend sqlite'])
  const database = new DatabaseSync(join(databaseFolder, 'rpmdb.sqlite'))
  const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)')
  for (const blob of blobs) insert.run(blob)
  database.close()
}

const vendors = ['Example Linux', 'Wörld & Söhne <https://example.org/>', '', 'v'.repeat(300)]
const labels = ['', 'nodejs:18:9030020231213171826:rhel9', 'container-tools:rhel8:8090020230825:e7857ab1']

/** One source package with many binary packages, each with facts of its own. */
function specOf(count: number): string {
  const head = ['Name: origin', 'Version: 1.0', 'Release: 1', 'Summary: Many', 'License: MIT', '%description', 'Many.']
  const parts = Array.from({ length: count }, (_, index) => {
    const name = `part-${index}`
    return [
      `%package -n ${name}`,
      `Version: ${index}.${index * 7}~rc${index}`,
      `Release: ${index}^git${index}.el9`,
      ...(index % 3 === 0 ? [] : [`Epoch: ${[0, 1, 2_147_483_647][index % 4] ?? index}`]),
      ...(index % 5 === 0 ? ['BuildArch: noarch'] : []),
      `Summary: Part ${index}`,
      `%description -n ${name}`,
      'A line of description.\n'.repeat((index * 37) % 500),
      `%files -n ${name}`,
    ]
  })
  return [...head, ...parts.flat(), ''].join('\n')
}

function alone(index: number): string {
  const vendor = vendors[index % vendors.length] ?? ''
  const label = labels[index % labels.length] ?? ''
  return [
    `Name: alone-${index}`,
    `Version: ${index}`,
    'Release: 1.module_el9',
    'Summary: Alone',
    'License: MIT',
    ...(vendor === '' ? [] : [`Vendor: ${vendor}`]),
    ...(label === '' ? [] : [`ModularityLabel: ${label}`]),
    '%description',
    'Alone.',
    '%files',
    '',
  ].join('\n')
}

describeWith(['rpm', 'rpmbuild', 'perl', 'sqlite3'], 'rpm databases that rpm wrote', () => {
  let bytes: Buffer
  let expected: string[]

  beforeAll(() => {
    const build = fresh('build')
    const specs = Array.from({ length: 12 }, (_, index) => join(build, `alone-${index}.spec`))
    for (const [index, spec] of specs.entries()) writeFileSync(spec, alone(index))
    writeFileSync(join(build, 'origin.spec'), specOf(60))
    const defines = ['--define', `_topdir ${build}/top`, '--define', `_rpmdir ${build}/rpms`]
    execFileSync('rpmbuild', ['-bb', '--quiet', ...defines, ...specs, join(build, 'origin.spec')], { stdio: 'ignore' })
    const rpms = readdirSync(join(build, 'rpms'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.rpm'),
    )
    const database = fresh('written')
    const options = ['-i', '--justdb', '--nodeps', '--ignorearch', '--ignoreos', '--nosignature', '--dbpath', database]
    execFileSync(
      'rpm',
      [...options, '--define', '_db_backend sqlite', ...rpms.map((name) => join(build, 'rpms', name))],
      { stdio: 'ignore' },
    )
    bytes = readFileSync(join(database, 'rpmdb.sqlite'))
    expected = listed(database, 'sqlite')
  })

  it('holds the packages that rpm -qa lists', () => {
    expect(expected.length).toBe(72)
    expect(ours(bytes)).toEqual(expected)
  })

  it('gives the cataloger versions and sources as rpm writes them', async () => {
    const packages = await packagesOf(bytes)
    const lines = packages.map(({ name, version, source }) => `${name} ${version} ${source?.name}`).toSorted()
    const wanted = expected.map((line) => {
      const [name, epoch, version, release, , sourceRpm] = line.split('|')
      const prefix = epoch === '(none)' || epoch === '0' ? '' : `${epoch}:`
      return `${name} ${prefix}${version}-${release} ${sourceRpm?.replace(/-[^-]+-[^-]+$/, '')}`
    })
    expect(lines).toEqual(wanted.toSorted())
  })

  it.each(['hash', 'hash-big-endian'])('holds the same in a Berkeley DB %s table, as rpm also says', (kind) => {
    const database = fresh(kind)
    stored(kind, blobsOf(bytes), join(database, 'Packages'))
    expect(listed(database, 'bdb_ro')).toEqual(expected)
    expect(ours(readFileSync(join(database, 'Packages')))).toEqual(expected)
  })

  it('holds the same in an ndb database', () => {
    const database = fresh('ndb')
    stored('ndb', blobsOf(bytes), join(database, 'Packages.db'))
    expect(ours(readFileSync(join(database, 'Packages.db')))).toEqual(expected)
  })

  it.each([512, 1024, 16_384, 65_536])('holds the same with pages of %s bytes, some of them reserved', (pageSize) => {
    const path = join(fresh(`page-${pageSize}`), 'rpmdb.sqlite')
    writeFileSync(path, bytes)
    const resize = `PRAGMA journal_mode = DELETE; PRAGMA page_size = ${pageSize}; VACUUM`
    execFileSync('sqlite3', [path, resize], { stdio: 'ignore' })
    execFileSync('sqlite3', [path, '.filectrl reserve_bytes 32', 'VACUUM'], { stdio: 'ignore' })
    const vacuumed = readFileSync(path)
    expect([vacuumed.readUInt16BE(16) === 1 ? 65_536 : vacuumed.readUInt16BE(16), vacuumed.readUInt8(20)]).toEqual([
      pageSize,
      32,
    ])
    expect(ours(vacuumed)).toEqual(expected)
  })
})

function blobPath(digest: string): string {
  return shared('images/oci/blobs/sha256', digest.replace('sha256:', ''))
}

describeShared('rpm databases of real images', () => {
  const alma = fresh('alma')

  beforeAll(() => {
    const { manifests } = JSON.parse(readFileSync(shared('images/oci/index.json'), 'utf8'))
    const { digest } = manifests.find((manifest: any) =>
      Object.values(manifest.annotations).includes('acme/alma9-like:9.3'),
    )
    const { layers } = JSON.parse(readFileSync(blobPath(digest), 'utf8'))
    execFileSync('tar', ['-xzf', blobPath(layers[0].digest), '-C', alma, '--strip-components=3', 'var/lib/rpm'])
  })

  it('holds every package of AlmaLinux 9.3 that the expected findings name', async () => {
    const packages = await packagesOf(readFileSync(join(alma, 'rpmdb.sqlite')))
    const installed = new Set(
      packages.map(({ name, version }) => `${name} ${version.includes(':') ? version : `0:${version}`}`),
    )
    const rows = readFileSync(shared('images/expected/alma9-like-9.3.rpm-expected.tsv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
    const named = new Set(rows.map((row) => row.split('\t').slice(1, 3).join(' ')))
    expect(named.size).toBeGreaterThan(30)
    expect(packages.length).toBe(63)
    expect([...named].filter((line) => !installed.has(line))).toEqual([])
  })

  describe.skipIf(!hasProgram('rpm'))('as rpm lists them (needs rpm)', () => {
    it('agrees on AlmaLinux 9.3', () => {
      expect(ours(readFileSync(join(alma, 'rpmdb.sqlite')))).toEqual(listed(alma, 'sqlite'))
    })

    it.each([
      ['cbl-mariner-2.0.rpmdb.sqlite', 'rpmdb.sqlite', 'sqlite', 129],
      ['libuuid.Packages', 'Packages', 'bdb_ro', 1],
    ])('agrees on %s', (source, name, backend, count) => {
      const database = fresh(source)
      copyFileSync(shared('images/rpmdb', source), join(database, name))
      const bytes = readFileSync(join(database, name))
      expect(ours(bytes)).toEqual(listed(database, backend))
      expect(ours(bytes).length).toBe(count)
    })

    it('agrees on the headers of the SLE 15 ndb database', () => {
      const bytes = readFileSync(shared('images/rpmdb/sle15-bci.Packages.db'))
      const database = fresh('sle15')
      sqliteWith(blobsOf(bytes), database)
      expect(ours(bytes)).toEqual(listed(database, 'sqlite'))
      expect(ours(bytes).length).toBe(35)
    })
  })
})
