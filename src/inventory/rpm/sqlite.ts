import { Problem } from '#kit/errors.ts'
import { joined } from '#kit/limits.ts'
import { claim, openFile, overflow, type SqliteFile, unusedPages } from './sqlite-file.ts'
import { type Cell, kindOf, type Payload, readTreePage, type TreeKind, type TreePage } from './sqlite-page.ts'
import { readRecord, type SqliteValue } from './sqlite-record.ts'
import { attempt, malformed } from './stored-header.ts'

export interface SqliteRow {
  readonly rowId: number
  /** The b-tree page that holds the row. */
  readonly page: number
  /** The first columns. */
  readonly values: readonly SqliteValue[]
}

interface Root {
  readonly type: string
  readonly name: string
  readonly page: number
}

/** rpm has fewer than a hundred. */
const schemaLimit = 1000

/** The file as tables. What is read is gone through once: ask for the rows of a table once, and for `rest()` at last. */
export class SqliteDatabase {
  readonly #file: SqliteFile
  readonly #roots: readonly Root[]
  readonly #schemaDamage: readonly Problem[]
  readonly #walked = new Set<Root>()

  /** Throws when the file is no database. */
  constructor(bytes: Buffer) {
    this.#file = openFile(bytes)
    // §2.6: the schema table has its root in page 1; its columns are type, name, tbl_name, rootpage, sql.
    const schema = [...rowsOf(this.#file, 1).take(schemaLimit + 1)]
    if (schema.length > schemaLimit) throw malformed(`it has more than ${schemaLimit} tables and indexes`)
    this.#schemaDamage = schema.filter((row) => row instanceof Problem)
    this.#roots = schema.flatMap((row) => (row instanceof Problem ? [] : rootOf(row)))
  }

  hasTable(name: string): boolean {
    return this.#tablesOf(name).length > 0
  }

  /**
   * Rows of a table in key order, and a problem for every page or row that cannot be read. Throws when there is no such
   * table.
   */
  *rows(table: string): Generator<SqliteRow | Problem> {
    const [root, second] = this.#tablesOf(table)
    if (root === undefined) throw this.#schemaDamage[0] ?? malformed(`it has no table ${table}`)
    if (second !== undefined) yield malformed(`it has two tables ${table}`)
    this.#walked.add(root)
    yield* rowsOf(this.#file, root.page)
  }

  /** What is wrong with everything else: pages of no tree may be rows that are lost. `undefined` after each sound page. */
  *rest(): Generator<Problem | undefined> {
    yield* this.#schemaDamage
    for (const root of this.#roots) {
      if (!this.#walked.has(root)) yield* otherDamage(this.#file, root)
    }
    yield* unusedPages(this.#file)
  }

  /** Names are compared without regard to case, as SQLite does. */
  #tablesOf(table: string): readonly Root[] {
    return this.#roots.filter(({ type, name }) => type === 'table' && name.toLowerCase() === table.toLowerCase())
  }
}

/** Views and triggers have no root. */
function rootOf({ values: [type, name, , page] }: SqliteRow): Root[] {
  if (page === undefined || page === 0) return []
  return [{ type: String(type), name: String(name), page: typeof page === 'number' ? page : -1 }]
}

function* rowsOf(file: SqliteFile, root: number): Generator<SqliteRow | Problem> {
  for (const page of walk(file, root, 'table')) {
    if (page instanceof Problem) {
      yield page
      continue
    }
    for (const { rowId, payload } of page.cells) {
      if (payload !== undefined) yield attempt(() => readRow(file, { page: page.number, rowId, payload }))
    }
    yield* page.damage
  }
}

/** Yields `undefined` after each page that is whole. */
function* otherDamage(file: SqliteFile, { name, page: root }: Root): Generator<Problem | undefined> {
  const kind = attempt(() => {
    if (root < 1 || root > file.pageCount) throw malformed(`${name} begins on page ${root}, which does not exist`)
    return kindOf(file, root) ?? 'table'
  })
  if (kind instanceof Problem) {
    yield kind
    return
  }
  for (const page of walk(file, root, kind)) {
    if (page instanceof Problem) yield page
    else yield* pageDamage(file, page)
  }
}

function* pageDamage(file: SqliteFile, page: TreePage): Generator<Problem | undefined> {
  for (const { payload } of page.cells) {
    const goesOn = payload !== undefined && payload.local.length < payload.length
    const damage = goesOn ? attempt(() => void content(file, payload)) : undefined
    if (damage !== undefined) yield damage
  }
  yield* page.damage
  yield undefined
}

/** A page to go to, or the highest row that may have come by now. */
type Step = { readonly page: number } | { readonly upTo: number; readonly of: number }

/** Every page of a tree in key order. Yields a problem for what cannot be reached. */
function* walk(file: SqliteFile, root: number, kind: TreeKind): Generator<TreePage | Problem> {
  const damage = attempt(() => claim(file, root, 'a table'))
  if (damage !== undefined) yield damage
  const ahead: Step[] = damage === undefined ? [{ page: root }] : []
  let rowId = Number.NEGATIVE_INFINITY
  for (let step = ahead.pop(); step !== undefined; step = ahead.pop()) {
    if ('upTo' in step) {
      if (rowId > step.upTo) yield outOfOrder(step.of)
      rowId = step.upTo
      continue
    }
    const { page: number } = step
    const page = attempt(() => readTreePage(file, number, kind))
    if (page instanceof Problem) {
      yield page
      continue
    }
    if (!page.isLeaf) yield* queueChildren(file, page, ahead)
    else if (kind === 'table' && page.damage.length === 0) {
      const highest = highestOf(page, rowId)
      if (highest === undefined) yield outOfOrder(number)
      rowId = highest ?? rowId
    }
    yield page
  }
}

/** `undefined` when the rows do not all come after this one and after one another. */
function highestOf({ cells }: TreePage, after: number): number | undefined {
  let highest = after
  for (const { rowId } of cells) {
    if (rowId <= highest) return undefined
    highest = rowId
  }
  return highest
}

function outOfOrder(page: number): Problem {
  return malformed(`the rows of page ${page} are out of order`)
}

/** Pushes what can be reached, last child first; yields what cannot. */
function* queueChildren(file: SqliteFile, page: TreePage, ahead: Step[]): Generator<Problem> {
  const steps: Step[] = page.cells.flatMap((cell) => stepsOf(page, cell))
  for (const step of [...steps, { page: page.last }].toReversed()) {
    const damage = 'page' in step ? attempt(() => claim(file, step.page, `page ${page.number}`)) : undefined
    if (damage === undefined) ahead.push(step)
    else yield damage
  }
}

function stepsOf({ number, kind }: TreePage, { child, rowId }: Cell): Step[] {
  return kind === 'table' ? [{ page: child }, { upTo: rowId, of: number }] : [{ page: child }]
}

interface FoundCell {
  readonly page: number
  readonly rowId: number
  readonly payload: Payload
}

function readRow(file: SqliteFile, { page, rowId, payload }: FoundCell): SqliteRow {
  const bytes = content(file, payload)
  try {
    return { rowId, page, values: readRecord(bytes) }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw malformed(`row ${rowId} on page ${page}: ${error.message}`)
  }
}

function content(file: SqliteFile, { length, local, next }: Payload): Buffer {
  if (local.length === length) return local
  if (length > file.bytes.length) throw malformed('a row is longer than the file')
  return joined([local, ...overflow(file, next, length - local.length)], length)
}
