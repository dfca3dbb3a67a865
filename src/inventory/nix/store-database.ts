import { Problem } from '#kit/errors.ts'
import { SqliteDatabase } from '../rpm/sqlite.ts'

export interface StoredPath {
  /** `/nix/store/…`. */
  readonly path: string
  /** Of its serialisation, lower case hexadecimal. */
  readonly sha256: string | undefined
  /** Paths that it refers to. */
  readonly references: readonly string[]
}

/** Rows of one table that are read. */
const rowsLimit = 2_000_000

/** The valid paths of a store, and what could not be read. Throws when it is no database of a store. */
export function readStoreDatabase(bytes: Buffer): {
  readonly paths: readonly StoredPath[]
  readonly problems: readonly Problem[]
} {
  const database = new SqliteDatabase(bytes)
  const problems: Problem[] = []
  const paths = new Map<number, { path: string; sha256: string | undefined; references: string[] }>()
  for (const row of database.rows('ValidPaths').take(rowsLimit)) {
    if (row instanceof Problem) problems.push(row)
    else paths.set(row.rowId, { path: String(row.values[1]), sha256: hashOf(String(row.values[2])), references: [] })
  }
  for (const row of database.rows('Refs').take(rowsLimit)) {
    if (row instanceof Problem) problems.push(row)
    else {
      const [referrer, reference] = row.values.map((value) =>
        typeof value === 'number' ? paths.get(value) : undefined,
      )
      if (reference !== undefined) referrer?.references.push(reference.path)
    }
  }
  return { paths: [...paths.values()], problems }
}

function hashOf(text: string): string | undefined {
  return /^sha256:([0-9a-f]{64})$/.exec(text)?.[1]
}
