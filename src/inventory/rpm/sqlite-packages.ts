import { Problem } from '#kit/errors.ts'
import { printable } from '#kit/text.ts'
import { SqliteDatabase, type SqliteRow } from './sqlite.ts'
import { malformed, type StoredHeader, type StoredHeaders } from './stored-header.ts'

const nameLimit = 200

/**
 * Package headers of an `rpmdb.sqlite`, and a problem for whatever cannot be read or does not add up. A row that was
 * taken out of every table and index as `rpm --erase` does it cannot be told from a package that is not installed.
 */
export function* readSqlite(bytes: Buffer): StoredHeaders {
  const database = new SqliteDatabase(bytes)
  const seen = new Set<number>()
  for (const row of database.rows('Packages')) {
    const header = row instanceof Problem ? row : headerOf(row)
    if (!(row instanceof Problem)) seen.add(row.rowId)
    yield header
  }
  if (database.hasTable('Name')) yield* lostPackages(database, seen)
  yield* database.rest()
}

function headerOf({ rowId, page, values: [, blob] }: SqliteRow): StoredHeader | Problem {
  const where = `package ${rowId} on page ${page}`
  return Buffer.isBuffer(blob) ? { where, blob } : malformed(`${where} has no header`)
}

/** rpm lists every package a second time, by name: key, number of the package, place among its values. */
function* lostPackages(database: SqliteDatabase, seen: ReadonlySet<number>): Generator<Problem | undefined> {
  let page = 0
  for (const row of database.rows('Name')) {
    if (row instanceof Problem) {
      yield row
      continue
    }
    if (row.page !== page) yield undefined
    page = row.page
    const [name, number] = row.values
    if (typeof number !== 'number') yield malformed(`row ${row.rowId} of the list of names has no package`)
    else if (!seen.has(number)) {
      yield malformed(`package ${number} is lost: the list of names has it as ${nameOf(name)}`)
    }
  }
}

function nameOf(value: SqliteRow['values'][number]): string {
  return printable(String(value).slice(0, nameLimit))
}
