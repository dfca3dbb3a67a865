import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Distribution } from '#model/distribution.ts'
import type { Package } from '#model/package.ts'
import { damaged, edits } from '../../../test/helpers/damage.ts'
import cataloger from './rpm-database.cataloger.ts'

const databases = {
  sqlite: 'var/lib/rpm/rpmdb.sqlite',
  ndb: 'usr/lib/sysimage/rpm/Packages.db',
  'berkeley-db': 'var/lib/rpm/Packages',
  'berkeley-db-big-endian': 'usr/share/rpm/Packages',
} as const
const alma: Distribution = { id: 'almalinux', versionId: '9.3', idLike: ['rhel'], name: 'AlmaLinux 9.3' }

function fixture(folder: string, path: string): Buffer {
  return readFileSync(join(import.meta.dirname, 'fixtures/rpm-database', folder, path))
}

/** The database after a change that SQLite made, and rpm did not. */
function changedDatabase(change: string): Buffer {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-rpm-'))
  const path = join(folder.path, 'rpmdb.sqlite')
  writeFileSync(path, fixture('sqlite', databases.sqlite))
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  database.exec(change)
  database.close()
  return readFileSync(path)
}

interface Surroundings {
  readonly distribution: Distribution | undefined
}

async function catalog(bytes: Buffer, path: string, { distribution }: Surroundings = { distribution: alma }) {
  const packages: Package[] = []
  const reasons: string[] = []
  const file = {
    path,
    bytes: () => Promise.resolve(bytes),
    text: () => Promise.resolve(bytes.toString()),
  }
  const context = {
    signal: new AbortController().signal,
    distribution,
    typeOf: () => undefined,
    contentOf: () => undefined,
    namesIn: () => [],
  }
  for await (const found of await cataloger.catalog(file, context)) {
    if (found === undefined) continue
    if ('package' in found) packages.push(found.package)
    else if ('unknown' in found) reasons.push(found.unknown.reason)
  }
  return { packages: packages.toSorted((a, b) => (a.name < b.name ? -1 : 1)), reasons }
}

describe('the rpm database cataloger', () => {
  it('writes epoch, module, source and vendor as the database has them', async () => {
    const { packages } = await catalog(fixture('sqlite', databases.sqlite), databases.sqlite)
    expect(packages.find(({ name }) => name === 'nodejs')).toEqual({
      purl: 'pkg:rpm/almalinux/nodejs@18.19.0-1.module_el9.3.0%2B100%2Bfc35ec6a?arch=x86_64&distro=almalinux-9.3&epoch=1&upstream=nodejs-18.19.0-1.module_el9.3.0%2B100%2Bfc35ec6a.src.rpm',
      name: 'nodejs',
      version: '1:18.19.0-1.module_el9.3.0+100+fc35ec6a',
      ecosystem: 'rpm',
      source: { name: 'nodejs', version: '1:18.19.0-1.module_el9.3.0+100+fc35ec6a' },
      architecture: 'x86_64',
      module: 'nodejs:18',
      vendor: 'Example Linux',
      licences: ['MIT'],
      locations: ['/var/lib/rpm/rpmdb.sqlite'],
    })
  })

  it.each([
    ['openssl', '1:3.0.7-27.el9', { name: 'openssl', version: '1:3.0.7-27.el9' }, undefined],
    ['zlib', '1.2.11-40.el9', { name: 'zlib', version: '1.2.11-40.el9' }, undefined],
    ['perl-Errno', '1.30-481.el9', { name: 'perl', version: '5.32.1-481.el9' }, undefined],
    ['nodejs', '1:18.19.0-1.module_el9.3.0+100+fc35ec6a', expect.anything(), 'nodejs:18'],
  ])('gives %s the version %s', async (name, version, source, module) => {
    const { packages } = await catalog(fixture('sqlite', databases.sqlite), databases.sqlite)
    expect(packages.find((found) => found.name === name)).toMatchObject({ version, source, module })
  })

  it.each(Object.entries(databases))('finds the same packages in every kind of database: %s', async (folder, path) => {
    const { packages, reasons } = await catalog(fixture(folder, path), path)
    expect(packages.map(({ name, version, architecture }) => `${name} ${version} ${architecture}`)).toEqual([
      'no-vendor-data 20240101~rc1^git5-2.el9 noarch',
      'nodejs 1:18.19.0-1.module_el9.3.0+100+fc35ec6a x86_64',
      'openssl 1:3.0.7-27.el9 x86_64',
      'perl 4:5.32.1-481.el9 x86_64',
      'perl-Errno 1.30-481.el9 x86_64',
      'php 8.1.27-1.module_el9.3.0+53+44872dd1 x86_64',
      'tiny 1.2.3-4.el9 x86_64',
      'zlib 1.2.11-40.el9 x86_64',
    ])
    expect(reasons).toEqual(['built for a module, but without a modularity label that names the stream: php'])
  })

  it.each([
    ['pkg:rpm/almalinux/tiny@1.2.3-4.el9?arch=x86_64&distro=almalinux-9.3&upstream=tiny-1.2.3-4.el9.src.rpm', alma],
    [
      'pkg:rpm/almalinux/tiny@1.2.3-4.el9?arch=x86_64&distro=almalinux&upstream=tiny-1.2.3-4.el9.src.rpm',
      { ...alma, versionId: undefined },
    ],
    ['pkg:rpm/tiny@1.2.3-4.el9?arch=x86_64&upstream=tiny-1.2.3-4.el9.src.rpm', undefined],
  ])('names the distribution as far as it is known: %s', async (purl, distribution) => {
    const { packages } = await catalog(fixture('ndb', databases.ndb), databases.ndb, { distribution })
    expect(packages.find(({ name }) => name === 'tiny')?.purl).toBe(purl)
  })

  it('reads a database by its content, not by its name', async () => {
    const { packages } = await catalog(fixture('sqlite', databases.sqlite), 'var/lib/rpm/Packages')
    expect(packages.length).toBe(8)
  })

  it('keeps what it could read of a damaged database and says what is missing', async () => {
    const bytes = fixture('ndb', databases.ndb)
    bytes.writeUInt8(0x55, 4096 + 500)
    const { packages, reasons } = await catalog(bytes, databases.ndb)
    expect(packages.length).toBe(7)
    expect(reasons[0]).toBe('the rpm database is damaged: package 1 at byte 4096 fails its checksum')
  })

  it('names the record whose header is damaged', async () => {
    const path = databases['berkeley-db']
    const bytes = fixture('berkeley-db', path)
    bytes.fill(0, bytes.indexOf('tiny\0'), bytes.indexOf('tiny\0') + 4)
    const { packages, reasons } = await catalog(bytes, path)
    expect(packages.length).toBe(7)
    expect(reasons[0]).toMatch(/^the rpm database is damaged: package \d+ on page \d+: its header has no name$/)
  })

  it.each([
    ['an empty file', Buffer.alloc(0), 'it is not a Berkeley DB hash table'],
    ['a text', Buffer.from('hello'.repeat(500)), 'it is not a Berkeley DB hash table'],
    [
      'an SQLite database cut short',
      fixture('sqlite', databases.sqlite).subarray(0, 300),
      'it is not an SQLite database',
    ],
  ])('reports %s', async (_, bytes, reason) => {
    expect(await catalog(bytes, 'var/lib/rpm/Packages')).toEqual({
      packages: [],
      reasons: [`the rpm database is damaged: ${reason}`],
    })
  })

  it('tells of many damaged places in few words, and gives up in time', async () => {
    const slots = Buffer.alloc(4096 * 9)
    slots.write('RpmP', 0, 'latin1')
    slots.writeUInt32LE(9, 12)
    const { reasons } = await catalog(slots, databases.ndb)
    expect(reasons.length).toBe(11)
    expect(reasons.at(-1)).toBe('the rpm database is damaged in 1000 places; the rest was not read')
    slots.writeUInt32LE(2, 12)
    const { reasons: fewer } = await catalog(slots, databases.ndb)
    expect(fewer.at(-1)).toBe('the rpm database is damaged in 500 more places')
  })

  it('reports changes that are in a write-ahead log only', async () => {
    const log = fixture('write-ahead-log', 'var/lib/rpm/rpmdb.sqlite-wal')
    const reason = 'the latest changes of the rpm database may be in this write-ahead log only; it was not applied'
    const path = 'var/lib/rpm/rpmdb.sqlite-wal'
    expect(await catalog(log, path)).toEqual({ packages: [], reasons: [reason] })
    const earlierRound = Buffer.from(log)
    earlierRound.writeUInt32BE(1, 16)
    const uncommitted = log.subarray(0, 32 + 24 + 512)
    for (const harmless of [Buffer.alloc(0), earlierRound, uncommitted, Buffer.alloc(600)]) {
      expect(await catalog(harmless, path)).toEqual({ packages: [], reasons: [] })
    }
  })

  it('reports a journal that was to be rolled back', async () => {
    const path = 'var/lib/rpm/rpmdb.sqlite-journal'
    const hot = Buffer.concat([Buffer.from('d9d505f920a163d7', 'hex'), Buffer.alloc(600)])
    const reason = 'a change of the rpm database was cut off; this journal, which would undo it, was not applied'
    expect(await catalog(hot, path)).toEqual({ packages: [], reasons: [reason] })
    expect(await catalog(Buffer.alloc(600), path)).toEqual({ packages: [], reasons: [] })
  })

  it('names a package that is gone from its table, but not from the list of names', async () => {
    const { packages, reasons } = await catalog(
      changedDatabase(`DELETE FROM Packages WHERE hnum = 6`),
      databases.sqlite,
    )
    expect(packages.map(({ name }) => name)).not.toContain('openssl')
    expect(reasons).toContain('the rpm database is damaged: package 6 is lost: the list of names has it as openssl')
  })

  it('says which header is not as it was built', async () => {
    const text = Buffer.from('openssl').toString('hex')
    const change = `UPDATE Packages SET blob = unhex(replace(hex(blob), upper('${text}'), hex('openSSL'))) WHERE hnum = 6`
    const { packages, reasons } = await catalog(changedDatabase(change), databases.sqlite)
    expect(packages.map(({ name }) => name)).toContain('openSSL')
    expect(reasons).toContain('the rpm database is damaged: the header of openSSL does not match its digest')
  })

  it.each(Object.entries(databases))('survives any damage, and loses nothing in silence: %s', async (folder, path) => {
    const bytes = fixture(folder, path)
    const whole = await catalog(bytes, path)
    await fc.assert(
      fc.asyncProperty(edits, async (changes) => {
        const { packages, reasons } = await catalog(damaged(bytes, changes), path)
        expect(packages.length).toBeLessThan(40)
        expect(reasons.length).toBeLessThan(20)
        const isTold = reasons.some((reason) => reason.includes('damaged'))
        expect(isTold || packages.length === whole.packages.length).toBe(true)
        expect(isTold ? whole.packages : packages).toEqual(whole.packages)
      }),
      { numRuns: 200 },
    )
  })

  it('is not misled by a page of the table that is exchanged for any other', async () => {
    const bytes = fixture('sqlite', databases.sqlite)
    const whole = await catalog(bytes, databases.sqlite)
    const page = fc.nat(bytes.length / 512 - 1)
    const field = fc.constantFrom<(copy: Buffer, target: number, source: number) => unknown>(
      (copy, target, source) => copy.copy(copy, target * 512, source * 512, source * 512 + 512),
      (copy, target, source) => copy.writeUInt32BE(source + 1, target * 512 + 8),
      (copy, target, source) => copy.writeUInt32BE(source + 1, target * 512),
      (copy, target, source) => copy.writeUInt8([2, 5, 10, 13][source % 4] ?? 0, target * 512),
      (copy, target, source) => copy.writeUInt16BE(source % 4, target * 512 + 3),
    )
    await fc.assert(
      fc.asyncProperty(page, page, field, async (target, source, edit) => {
        edit(bytes, target, source)
        const { packages, reasons } = await catalog(bytes, databases.sqlite)
        fixture('sqlite', databases.sqlite).copy(bytes)
        const isTold = reasons.some((reason) => reason.includes('damaged'))
        expect(isTold ? whole.packages : packages).toEqual(whole.packages)
      }),
      { numRuns: 300 },
    )
  })
})
