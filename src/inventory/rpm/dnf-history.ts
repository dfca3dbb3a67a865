import { Problem } from '#kit/errors.ts'
import { SqliteDatabase, type SqliteRow } from './sqlite.ts'
import type { SqliteValue } from './sqlite-record.ts'

/** Which package it is: as rpm tells packages apart. */
export interface Nevra {
  readonly name: string
  readonly epoch: number | undefined
  readonly version: string
  readonly release: string
  readonly architecture: string | undefined
}

export interface DnfHistory {
  /** Repository that each package last came from, by `nevraKey`. */
  readonly repositories: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
}

export function nevraKey({ name, epoch = 0, version, release, architecture = '' }: Nevra): string {
  return [name, epoch, version, release, architecture].join('\t')
}

/** Reads the history of transactions that dnf 4 or dnf 5 keeps. Throws when it is neither. */
export function readDnfHistory(bytes: Buffer): DnfHistory {
  const tables = new Tables(new SqliteDatabase(bytes))
  const isDnf5 = tables.has('pkg_names') || tables.has('pkg_name')
  const repositoryIds = tables.texts('repo')
  const keys = isDnf5 ? keysOfDnf5(tables) : keysOfDnf4(tables)
  const repositories = new Map<string, string>()
  // In the order of transactions, so that the last one holds.
  for (const { values } of tables.rows('trans_item')) {
    const [, , item, repository] = values
    const repositoryId = typeof repository === 'number' ? repositoryIds.get(repository) : undefined
    const key = typeof item === 'number' ? keys.get(item) : undefined
    if (key !== undefined && isRepository(repositoryId) && putsInPlace(values, isDnf5))
      repositories.set(key, repositoryId)
  }
  return { repositories, problems: tables.problems }
}

/** dnf calls what is installed `@System`: that is where a package went, not where it came from. */
function isRepository(id: string | undefined): id is string {
  return id !== undefined && id !== '' && id !== '@System' && /^[!-~]{1,400}$/.test(id)
}

/** Install, upgrade, downgrade, reinstall, and with dnf 4 what obsoletes another. */
const placing = { dnf4: new Set([1, 2, 4, 6, 9]), dnf5: new Set([1, 2, 3, 4]) }

/** The oldest histories have one more column in front of the action. */
function putsInPlace(values: readonly SqliteValue[], isDnf5: boolean): boolean {
  const action = values[values.length === 8 ? 5 : 4]
  return typeof action === 'number' && placing[isDnf5 ? 'dnf5' : 'dnf4'].has(action)
}

function keysOfDnf4(tables: Tables): ReadonlyMap<number, string> {
  const keys = new Map<number, string>()
  for (const { values } of tables.rows('rpm')) {
    const [item, name, epoch, version, release, architecture] = values
    if (typeof item !== 'number' || typeof epoch !== 'number') continue
    const [own = '', ...rest] = [name, version, release, architecture].map(String)
    keys.set(item, keyOf(own, epoch, rest))
  }
  return keys
}

function keysOfDnf5(tables: Tables): ReadonlyMap<number, string> {
  const names = tables.texts(tables.has('pkg_names') ? 'pkg_names' : 'pkg_name')
  const architectures = tables.texts(tables.has('archs') ? 'archs' : 'arch')
  const keys = new Map<number, string>()
  for (const { values } of tables.rows('rpm')) {
    const [item, nameId, epoch, version, release, architectureId] = values
    const name = typeof nameId === 'number' ? names.get(nameId) : undefined
    const architecture = typeof architectureId === 'number' ? architectures.get(architectureId) : undefined
    if (typeof item !== 'number' || typeof epoch !== 'number' || name === undefined) continue
    keys.set(item, keyOf(name, epoch, [String(version), String(release), architecture ?? '']))
  }
  return keys
}

function keyOf(name: string, epoch: number, [version = '', release = '', architecture]: readonly string[]): string {
  return nevraKey({ name, epoch, version, release, architecture })
}

/** Rows of one table that are read; a machine that is years old has some ten thousand. */
const rowsLimit = 1_000_000

class Tables {
  readonly problems: Problem[] = []
  readonly #database: SqliteDatabase

  constructor(database: SqliteDatabase) {
    this.#database = database
  }

  has(table: string): boolean {
    return this.#database.hasTable(table)
  }

  *rows(table: string): Generator<SqliteRow> {
    for (const row of this.#database.rows(table).take(rowsLimit)) {
      if (row instanceof Problem) this.problems.push(row)
      else yield row
    }
  }

  /** The second column by the number of the row. */
  texts(table: string): ReadonlyMap<number, string> {
    return new Map([...this.rows(table)].map(({ rowId, values }) => [rowId, String(values[1])]))
  }
}
