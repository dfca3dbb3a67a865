import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged, edits } from '../../../test/helpers/damage.ts'
import { SqliteDatabase, type SqliteRow } from './sqlite.ts'

const packages = "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)"

/** The bytes of a database that SQLite itself wrote. */
function databaseOf(build: (database: DatabaseSync) => void): Buffer {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-sqlite-'))
  const path = join(folder.path, 'test.sqlite')
  const database = new DatabaseSync(path)
  build(database)
  database.close()
  return readFileSync(path)
}

function withBlobs(sizes: readonly number[], pageSize = 512): Buffer {
  return databaseOf((database) => {
    database.exec(`PRAGMA page_size = ${pageSize}; ${packages}`)
    const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)')
    for (const [index, size] of sizes.entries()) insert.run(Buffer.alloc(size, index + 1))
  })
}

/** Rows, what was wrong with them, and what was wrong with everything else. */
function read(bytes: Buffer): { rows: SqliteRow[]; problems: string[]; rest: string[] } {
  const rows: SqliteRow[] = []
  const problems: string[] = []
  const database = new SqliteDatabase(bytes)
  for (const row of database.rows('Packages')) {
    if (row instanceof Error) problems.push(row.message)
    else rows.push(row)
  }
  return { rows, problems, rest: [...database.rest()].flatMap((problem) => problem?.message ?? []) }
}

function edited(bytes: Buffer, edit: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes)
  edit(copy)
  return copy
}

describe('reading a table of an SQLite database', () => {
  it('returns the rows that SQLite wrote, whatever the page size and the sizes of rows', () => {
    const pageSize = fc.constantFrom(512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536)
    const size = fc.oneof(
      fc.nat(40),
      fc.integer({ min: 420, max: 520 }),
      fc.nat(9000),
      fc.integer({ min: 65_000, max: 140_000 }),
    )
    const isRemoved = fc.nat(5).map((number) => number === 0)
    const rows = fc.array(fc.record({ size, isRemoved, id: fc.option(fc.bigInt(-(2n ** 52n), 2n ** 52n)) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(pageSize, rows, fc.constantFrom('NONE', 'FULL'), (page, blobs, vacuum) => {
        const expected: unknown[] = []
        const bytes = databaseOf((database) => {
          database.exec(`PRAGMA page_size = ${page}; PRAGMA auto_vacuum = ${vacuum}; ${packages}`)
          database.exec('CREATE TABLE other (key TEXT, hnum INTEGER); CREATE INDEX by_key ON other (key)')
          database.exec(
            'CREATE TABLE keyed (key TEXT PRIMARY KEY, hnum INTEGER) WITHOUT ROWID; CREATE VIEW v AS SELECT 1',
          )
          const other = database.prepare('INSERT INTO other VALUES (?, ?)')
          const keyed = database.prepare('INSERT INTO keyed VALUES (?, ?)')
          for (const [index, blob] of blobs.entries()) {
            const key = `${index}`.padEnd(blob.size % 3000, '-')
            other.run(key, index)
            keyed.run(key, index)
          }
          const insert = database.prepare('INSERT OR REPLACE INTO Packages VALUES (?, ?)')
          database.exec('BEGIN')
          for (const [index, blob] of blobs.entries()) insert.run(blob.id, Buffer.alloc(blob.size, index + 1))
          const remove = database.prepare('DELETE FROM Packages WHERE blob = ?')
          for (const [index, blob] of blobs.entries()) {
            if (blob.isRemoved) remove.run(Buffer.alloc(blob.size, index + 1))
          }
          database.exec('COMMIT')
          for (const row of database
            .prepare('SELECT CAST(hnum AS REAL) id, hex(blob) hex FROM Packages ORDER BY hnum')
            .iterate()) {
            expected.push([row['id'], row['hex']])
          }
        })
        const { rows: found, problems, rest } = read(bytes)
        expect([...problems, ...rest]).toEqual([])
        expect(found.map(({ rowId, values }) => [rowId, (values[1] as Buffer).toString('hex').toUpperCase()])).toEqual(
          expected,
        )
      }),
      { numRuns: 60 },
    )
  })

  it('reads numbers of every width', () => {
    const numbers = [0, 1, -1, 127, -128, 32_767, -8_388_608, 2_147_483_647, -(2 ** 40), 2 ** 50]
    const bytes = databaseOf((database) => {
      database.exec('CREATE TABLE Packages (number INTEGER, text)')
      const insert = database.prepare("INSERT INTO Packages VALUES (?, 'text')")
      for (const number of numbers) insert.run(number)
    })
    expect(read(bytes).rows.map(({ values }) => values[0])).toEqual(numbers)
  })

  it.each([
    ['another format', Buffer.alloc(4096), 'it is not an SQLite database'],
    [
      'an impossible page size',
      edited(withBlobs([1]), (bytes) => bytes.writeUInt16BE(1000, 16)),
      'its page size is impossible',
    ],
    [
      'a page smaller than its reserved bytes',
      edited(withBlobs([1]), (bytes) => bytes.writeUInt8(255, 20)),
      'its page size is impossible',
    ],
    [
      'UTF-16 texts',
      edited(withBlobs([1]), (bytes) => bytes.writeUInt32BE(2, 56)),
      'its texts are UTF-16, which rpm does not write',
    ],
    ['less than a page', withBlobs([1], 4096).subarray(0, 600), 'it is shorter than one page'],
    ['no such table', databaseOf((database) => database.exec('CREATE TABLE other (a)')), 'it has no table Packages'],
    [
      'a schema that is no table',
      edited(withBlobs([1]), (bytes) => bytes.writeUInt8(0x0a, 100)),
      'page 1 is not part of a table',
    ],
    [
      'a table without row numbers',
      databaseOf((database) => database.exec('CREATE TABLE Packages (a PRIMARY KEY, b) WITHOUT ROWID')),
      'page 2 is not part of a table',
    ],
  ])('refuses a file with %s', (_, bytes, message) => {
    const problems = (): string[] => {
      try {
        return read(bytes).problems
      } catch (error) {
        return [(error as Error).message]
      }
    }
    expect(problems()).toEqual([message])
  })

  it('says which row is lost when its overflow pages go in a circle, and keeps the others', () => {
    const bytes = edited(withBlobs([10, 2000, 10]), (copy) => copy.writeUInt32BE(4, 3 * 512))
    const { rows, problems } = read(bytes)
    expect(rows.map(({ rowId }) => rowId)).toEqual([1, 3])
    expect(problems).toEqual(['a row points to page 4, which is in use elsewhere'])
  })

  it('does not follow a page that points to itself', () => {
    const bytes = withBlobs(Array.from({ length: 20 }, () => 300))
    const whole = read(bytes).rows
    const { rows, problems } = read(edited(bytes, (copy) => copy.writeUInt32BE(2, 512 + 8)))
    expect(problems).toEqual(['page 2 points to page 2, which is in use elsewhere'])
    expect(rows.length).toBe(whole.length - 1)
  })

  it('says which page is missing from a file that is cut', () => {
    const bytes = withBlobs(Array.from({ length: 20 }, () => 300))
    const { rows, problems } = read(bytes.subarray(0, bytes.length - 1))
    expect(rows.length).toBe(19)
    expect(problems).toEqual(['page 2 points to page 23, but there are 22 pages'])
  })

  it.each([
    ['leaf', [10, 10, 10], 2, 2],
    ['interior page', Array.from({ length: 20 }, () => 300), 0, 1],
  ])('notices that a %s has lost cells', (_, sizes, cells, rows) => {
    const found = read(edited(withBlobs(sizes), (copy) => copy.writeUInt16BE(cells, 512 + 3)))
    expect(found.problems).toEqual(['page 2 has bytes that belong to none of its cells'])
    expect(found.rows.length).toBe(rows)
  })

  it('does not believe a row that claims more bytes than the file has', () => {
    const bytes = withBlobs([100])
    const cell = bytes.readUInt16BE(512 + 8)
    const { rows, problems } = read(edited(bytes, (copy) => copy.fill(0xff, 512 + cell, 512 + cell + 8)))
    expect(rows).toEqual([])
    expect(problems).toEqual(['a row of page 2 has an impossible length'])
    const long = read(edited(bytes, (copy) => copy.fill(Buffer.from('83ffffff7f', 'hex'), 512 + cell)))
    expect(long.rows).toEqual([])
    expect(long.problems[0]).toBe('a row is longer than the file')
  })

  it('does not read the same bytes of a page as many rows', () => {
    const bytes = edited(withBlobs([200, 100]), (copy) => {
      copy.writeUInt16BE(20, 512 + 3)
      for (let index = 0; index < 20; index++) copy.writeUInt16BE(copy.readUInt16BE(512 + 8), 512 + 8 + 2 * index)
    })
    const { rows, problems } = read(bytes)
    expect(rows.length).toBe(2)
    expect(problems).toEqual(['the cells of page 2 overlap'])
  })

  it('survives any damage, and never yields more than the file holds', () => {
    const bytes = withBlobs([...Array.from({ length: 60 }, (_, index) => index * 7), 5000, 700, 20_000])
    fc.assert(
      fc.property(edits, (changes) => {
        const copy = damaged(bytes, changes)
        let size = 0
        try {
          for (const { values } of read(copy).rows) size += Buffer.isBuffer(values[1]) ? values[1].length : 0
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed' })
        }
        expect(size).toBeLessThanOrEqual(copy.length)
      }),
      { numRuns: 500 },
    )
  })
})

describe('pages of an SQLite database that belong to no row', () => {
  const roots: Record<string, number> = {}
  const several = databaseOf((database) => {
    database.exec(`PRAGMA page_size = 512; ${packages}; CREATE TABLE other (key); CREATE TABLE empty (key)`)
    database.exec('CREATE INDEX by_key ON other (key)')
    const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)')
    for (let index = 0; index < 20; index++) insert.run(Buffer.alloc(300, index))
    const other = database.prepare('INSERT INTO other VALUES (?)')
    for (let index = 0; index < 30; index++) other.run(`${index}`.padEnd(100 + index * 20, '-'))
    database.exec('DELETE FROM Packages WHERE hnum > 15')
    for (const { name, rootpage } of database.prepare('SELECT name, rootpage FROM sqlite_schema').all()) {
      roots[String(name)] = Number(rootpage)
    }
  })
  const pageAt = (name: string): number => 512 * ((roots[name] ?? 0) - 1)
  const rightMost = pageAt('Packages') + 8
  const trunk = several.readUInt32BE(32)

  /** As if the schema said something else. */
  function withSchema(change: string): Buffer {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'seawall-sqlite-'))
    const path = join(folder.path, 'test.sqlite')
    writeFileSync(path, several)
    const database = new DatabaseSync(path, { defensive: false })
    database.exec(`PRAGMA writable_schema = ON; ${change}`)
    database.close()
    return readFileSync(path)
  }

  it('are free, or belong to other tables and their indexes', () => {
    expect(trunk).toBeGreaterThan(0)
    expect(read(several)).toMatchObject({ problems: [], rest: [] })
  })

  it.each<[string, Buffer, number, RegExp]>([
    [
      'a table that begins where another does',
      withSchema(`UPDATE sqlite_schema SET rootpage = ${roots['empty']} WHERE name = 'Packages'`),
      0,
      /^a table points to page \d+, which is in use elsewhere\npages that belong to nothing: [\d, ]+ and \d+ more$/,
    ],
    [
      'a table that begins nowhere',
      withSchema(`UPDATE sqlite_schema SET rootpage = 9999 WHERE name = 'other'`),
      15,
      /^other begins on page 9999, which does not exist\npages that belong to nothing: /,
    ],
    [
      'two tables of one name',
      withSchema(`UPDATE sqlite_schema SET name = 'PACKAGES' WHERE name = 'empty'`),
      15,
      /^it has two tables Packages$/,
    ],
    [
      'a right-most child from another table',
      edited(several, (copy) => copy.writeUInt32BE(roots['empty'] ?? 0, rightMost)),
      14,
      /^a table points to page \d+, which is in use elsewhere\npages that belong to nothing: \d+$/,
    ],
    [
      'a root without children',
      edited(several, (copy) => {
        copy.copy(copy, pageAt('Packages'), pageAt('empty'), pageAt('empty') + 512)
      }),
      0,
      /^pages that belong to nothing: [\d, ]+ and \d+ more$/,
    ],
    [
      'children in another order',
      edited(several, (copy) => {
        const cell = pageAt('Packages') + copy.readUInt16BE(pageAt('Packages') + 12)
        const [first, last] = [copy.readUInt32BE(cell), copy.readUInt32BE(rightMost)]
        copy.writeUInt32BE(last, cell)
        copy.writeUInt32BE(first, rightMost)
      }),
      15,
      /^(?:the rows of page \d+ are out of order\n?)+$/,
    ],
    [
      'a child that is a leaf of an index',
      edited(several, (copy) => copy.writeUInt32BE(roots['by_key'] ?? 0, rightMost)),
      14,
      /^page \d+ is not part of a table\na table points to page \d+, which is in use elsewhere\npages that/,
    ],
    [
      'a list of free pages that is short',
      edited(several, (copy) => copy.writeUInt32BE(0, 512 * (trunk - 1) + 4)),
      15,
      /^it has 1 free pages where its header says \d+\npages that belong to nothing: /,
    ],
    [
      'a list of free pages in a circle',
      edited(several, (copy) => copy.writeUInt32BE(trunk, 512 * (trunk - 1))),
      15,
      /^the list of free pages points to page \d+, which is in use elsewhere$/,
    ],
    [
      'a list of free pages that is longer than its page',
      edited(several, (copy) => copy.writeUInt32BE(0xff_ff_ff_ff, 512 * (trunk - 1) + 4)),
      15,
      /^page \d+ claims 4294967295 free pages\npages that belong to nothing: /,
    ],
    ['fewer pages than it says', several.subarray(0, several.length - 512), 15, /^.*\bpages\b.*$/ms],
    [
      'more pages than it says',
      Buffer.concat([several, Buffer.alloc(512)]),
      15,
      /^it has \d+ pages where its header says \d+\npages that belong to nothing: /,
    ],
  ])('are told of in a database with %s', (_, bytes, rows, expected) => {
    const { rows: found, problems, rest } = read(bytes)
    expect([...problems, ...rest].join('\n')).toMatch(expected)
    expect(found.length).toBe(rows)
  })

  it('are not free when blocks of a page overlap, run out of it or go in a circle', () => {
    const bytes = databaseOf((database) => {
      database.exec(`PRAGMA page_size = 512; ${packages}`)
      for (let index = 0; index < 3; index++) database.exec('INSERT INTO Packages (blob) VALUES (zeroblob(100))')
      database.exec('DELETE FROM Packages WHERE hnum = 2')
    })
    const block = bytes.readUInt16BE(512 + 1)
    expect(read(bytes)).toMatchObject({ problems: [] })
    for (const [at, value] of [
      [512 + 1, 511],
      [512 + block, block],
      [512 + block + 2, 2],
      [512 + block + 2, 500],
    ] as const) {
      const { problems } = read(edited(bytes, (copy) => copy.writeUInt16BE(value, at)))
      expect(problems).toEqual(['the free blocks of page 2 are damaged'])
    }
    const overlapping = edited(bytes, (copy) => copy.writeUInt16BE(110, 512 + block + 2))
    expect(read(overlapping).problems).toEqual(['the cells of page 2 overlap'])
  })
})
