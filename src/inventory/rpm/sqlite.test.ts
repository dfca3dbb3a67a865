import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged, edits } from '../../../test/helpers/damage.ts'
import { readTable, type SqliteRow } from './sqlite.ts'

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

function read(bytes: Buffer): { rows: SqliteRow[]; problems: string[] } {
  const rows: SqliteRow[] = []
  const problems: string[] = []
  for (const row of readTable(bytes, 'Packages')) {
    if (row instanceof Error) problems.push(row.message)
    else rows.push(row)
  }
  return { rows, problems }
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
    const rows = fc.array(fc.record({ size, isRemoved, id: fc.option(fc.bigInt(1n, 2n ** 52n)) }), { maxLength: 60 })
    fc.assert(
      fc.property(pageSize, rows, fc.constantFrom('NONE', 'FULL'), (page, blobs, vacuum) => {
        const expected: unknown[] = []
        const bytes = databaseOf((database) => {
          database.exec(`PRAGMA page_size = ${page}; PRAGMA auto_vacuum = ${vacuum}; ${packages}`)
          database.exec('CREATE TABLE other (key TEXT, hnum INTEGER); CREATE INDEX by_key ON other (key)')
          const insert = database.prepare('INSERT OR REPLACE INTO Packages VALUES (?, ?)')
          for (const [index, blob] of blobs.entries()) insert.run(blob.id, Buffer.alloc(blob.size, index + 1))
          const remove = database.prepare('DELETE FROM Packages WHERE blob = ?')
          for (const [index, blob] of blobs.entries()) {
            if (blob.isRemoved) remove.run(Buffer.alloc(blob.size, index + 1))
          }
          for (const row of database
            .prepare('SELECT CAST(hnum AS REAL) id, hex(blob) hex FROM Packages ORDER BY hnum')
            .iterate()) {
            expected.push([row['id'], row['hex']])
          }
        })
        const { rows: found, problems } = read(bytes)
        expect(problems).toEqual([])
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
    expect(problems).toEqual(['a row of page 2 is longer than its place'])
  })

  it('does not read the same bytes of a page as many rows', () => {
    const bytes = edited(withBlobs([200, 100]), (copy) => {
      copy.writeUInt16BE(20, 512 + 3)
      for (let index = 0; index < 20; index++) copy.writeUInt16BE(copy.readUInt16BE(512 + 8), 512 + 8 + 2 * index)
    })
    const { rows, problems } = read(bytes)
    expect(rows.length).toBe(2)
    expect(problems).toEqual(['the rows of page 2 overlap'])
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
