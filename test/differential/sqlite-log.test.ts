import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SqliteDatabase } from '#inventory/rpm/sqlite.ts'
import { withLog } from '#inventory/rpm/sqlite-log.ts'
import { damaged, edits } from '../helpers/damage.ts'

const statements = fc.array(
  fc.oneof(
    fc.nat(300).map((size) => `insert into words values ('${'x'.repeat(size)}')`),
    fc.nat(60).map((id) => `delete from words where rowid = ${id}`),
    fc.nat(60).map((id) => `update words set word = word || 'yyyyyyyyyyyyyyyy' where rowid >= ${id}`),
    fc.constantFrom('begin; insert into words values (1); rollback', 'pragma wal_checkpoint(passive)', 'vacuum'),
  ),
  { minLength: 1, maxLength: 40 },
)

/** A database that is being written to, and its log. */
function written(
  path: string,
  list: readonly string[],
): { readonly database: Buffer; readonly log: Buffer; readonly rows: unknown } {
  using database = new DatabaseSync(path)
  database.exec(
    'pragma page_size = 512; pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table words (word)',
  )
  for (const statement of list) database.exec(statement)
  const rows = database.prepare('select rowid, word from words order by rowid').all()
  return { database: readFileSync(path), log: readFileSync(`${path}-wal`), rows }
}

/** `undefined` where SQLite makes nothing of it. */
function readBySqlite(path: string): unknown {
  using reader = new DatabaseSync(path)
  try {
    return reader.prepare('select rowid, word from words order by rowid').all()
  } catch {
    return undefined
  }
}

function rowsOf(bytes: Buffer): unknown {
  const rows = [...new SqliteDatabase(bytes).rows('words')]
  return rows.map((row) => (row instanceof Error ? row.message : { rowid: row.rowId, word: wordOf(row.values[0]) }))
}

function wordOf(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString() : value
}

it('a database with its write-ahead log holds what SQLite reads of both', () => {
  fc.assert(
    fc.property(statements, (list) => {
      using folder = mkdtempDisposableSync(join(tmpdir(), 'log-'))
      const { database, log, rows } = written(join(folder.path, 'words'), list)
      expect(rowsOf(withLog(database, log))).toEqual(rows)
    }),
    { numRuns: 60 },
  )
})

it('a damaged log is applied as far as SQLite applies it', () => {
  fc.assert(
    fc.property(statements, edits, (list, changes) => {
      using folder = mkdtempDisposableSync(join(tmpdir(), 'log-'))
      const { database, log } = written(join(folder.path, 'words'), [
        'insert into words values (1)',
        'pragma wal_checkpoint(truncate)',
        ...list,
      ])
      const harmed = damaged(log, changes)
      const copy = join(folder.path, 'copy')
      writeFileSync(copy, database)
      writeFileSync(`${copy}-wal`, harmed)
      const rows = readBySqlite(copy)
      if (rows !== undefined) expect(rowsOf(withLog(database, harmed))).toEqual(rows)
    }),
    { numRuns: 60 },
  )
})
