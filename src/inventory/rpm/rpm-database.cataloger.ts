import { Problem } from '#kit/errors.ts'
import { baseOf, parentOf } from '#kit/path.ts'
import { printable } from '#kit/text.ts'
import { type CatalogContext, defineCataloger, type FileUnderTest, type Steps } from '../cataloger.ts'
import type { Origin } from '../system-package.ts'
import { readBerkeleyDb } from './berkeley-db.ts'
import { type DnfHistory, nevraKey, readDnfHistory } from './dnf-history.ts'
import { isAsBuilt } from './header-digest.ts'
import { readNdb } from './ndb.ts'
import { type RpmHeader, readHeader } from './rpm-header.ts'
import { rpmOwnership } from './rpm-ownership.ts'
import { lacksModule, rpmPackage } from './rpm-package.ts'
import { hasCommittedFrames, isHotJournal } from './sqlite-journal.ts'
import { withLog } from './sqlite-log.ts'
import { readSqlite } from './sqlite-packages.ts'
import { attempt, malformed, type StoredHeader, type StoredHeaders } from './stored-header.ts'

const folders = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm']
/** rpm reads one of several databases in a folder, and looks for them in this order unless its settings name one. */
const databases = ['rpmdb.sqlite', 'Packages.db', 'Packages']
const names = [...databases, 'rpmdb.sqlite-wal', 'rpmdb.sqlite-journal']
/** Of dnf 4 and dnf 5. */
const histories = ['var/lib/dnf/history.sqlite', 'usr/lib/sysimage/libdnf5/transaction_history.sqlite']
/** Damaged places that are told one by one. */
const toldLimit = 10
/** Damaged places after which a database is given up. */
const damageLimit = 1000
/** Packages that are named in one reason. */
const namedLimit = 10

export default defineCataloger({
  id: 'rpm-database',
  version: 2,
  ecosystem: 'rpm',
  proves: 'installed',
  title: 'rpm database',
  spec: 'https://rpm-software-management.github.io/rpm/manual/format_header.html',
  files: [...folders.flatMap((folder) => names.map((name) => `${folder}/${name}`)), ...histories.flatMap(withLogName)],
  finds: ['packages', 'sources', 'architectures', 'modules', 'repositories', 'licences'],
  ownership: rpmOwnership(
    folders.flatMap((folder) => databases.map((name) => `${folder}/${name}`)),
    storedHeaders,
  ),

  async *catalog(file, context) {
    const { distribution } = context
    const path = `/${file.path}`
    if (histories.some((history) => withLogName(history).includes(file.path))) {
      if (histories.includes(file.path)) yield* historyDamage(file.path, context)
      return
    }
    const reason = (await pendingChange(file)) ?? unused(file.path, context)
    if (reason !== undefined) yield { unknown: { path, reason } }
    if (!isDatabase(file.path) || reason !== undefined) return
    yield* packagesOf(storedHeaders(await file.bytes()), { path, distribution, repositories: repositoriesOf(context) })
  },
})

function withLogName(history: string): string[] {
  return [history, `${history}-wal`]
}

/** What package managers noted of where packages came from. */
function repositoriesOf(context: CatalogContext): DnfHistory['repositories'] {
  const found = histories.map((path) => historyAt(path, context))
  return new Map(found.flatMap((history) => (history instanceof Problem ? [] : [...(history?.repositories ?? [])])))
}

function historyAt(path: string, context: CatalogContext): DnfHistory | Problem | undefined {
  const bytes = context.contentOf(path)
  if (bytes === undefined) return undefined
  return attempt(() => readDnfHistory(withLog(bytes, context.contentOf(`${path}-wal`))))
}

function* historyDamage(path: string, context: CatalogContext): Steps {
  const history = historyAt(path, context)
  const [first] = history instanceof Problem ? [history] : (history?.problems ?? [])
  if (first === undefined) return
  const reason = `the repository of some packages is not known: their history is damaged: ${first.message}`
  yield { unknown: { path: `/${path}`, reason } }
}

function isDatabase(path: string): boolean {
  return !path.endsWith('-wal') && !path.endsWith('-journal')
}

function unused(path: string, context: CatalogContext): string | undefined {
  const [folder, name] = [parentOf(path), baseOf(path)]
  const first = databases.find((database) => database === name || context.typeOf(`${folder}/${database}`) === 'file')
  if (first === undefined || first === name || !isDatabase(path)) return undefined
  return `a database of another kind lies beside it, ${first}, which is the one that rpm reads`
}

/** What a file beside the database says that the database does not. */
async function pendingChange(file: FileUnderTest): Promise<string | undefined> {
  if (file.path.endsWith('-wal') && hasCommittedFrames(await file.bytes())) {
    return 'the latest changes of the rpm database may be in this write-ahead log only; it was not applied'
  }
  if (file.path.endsWith('-journal') && isHotJournal(await file.bytes())) {
    return 'a change of the rpm database was cut off; this journal, which would undo it, was not applied'
  }
  return undefined
}

/** The content decides, whatever the name: a converted database sometimes keeps its file name. */
function storedHeaders(bytes: Buffer): StoredHeaders {
  const head = bytes.toString('latin1', 0, 6)
  if (head === 'SQLite') return readSqlite(bytes)
  return head.startsWith('RpmP') ? readNdb(bytes) : readBerkeleyDb(bytes)
}

/** Packages that can be read, then what could not be. */
function* packagesOf(records: StoredHeaders, origin: Origin & Pick<DnfHistory, 'repositories'>): Steps {
  const damage: string[] = []
  const streamless: string[] = []
  for (const record of untilProblem(records)) {
    if (record === undefined) {
      yield undefined
      continue
    }
    const header = record instanceof Problem ? record : attempt(() => located(record))
    if (header instanceof Problem) damage.push(header.message)
    else {
      const repository = origin.repositories.get(nevraKey(header))
      yield header.name === 'gpg-pubkey' ? undefined : { package: { ...rpmPackage(header, origin), repository } }
      if (lacksModule(header)) streamless.push(header.name)
      if (!header.isAsBuilt) damage.push(`the header of ${printable(header.name)} does not match its digest`)
    }
    if (damage.length >= damageLimit) break
  }
  for (const reason of [...damageReasons(damage), ...streamlessReasons(streamless)]) {
    yield { unknown: { path: origin.path, reason } }
  }
}

/** A reader that throws has found the rest unreadable. */
function* untilProblem(records: StoredHeaders): StoredHeaders {
  try {
    yield* records
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    yield error
  }
}

function located({ where, blob }: StoredHeader): RpmHeader & { readonly isAsBuilt: boolean } {
  try {
    return { ...readHeader(blob), isAsBuilt: isAsBuilt(blob) }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw malformed(`${where}: ${error.message}`)
  }
}

function damageReasons(damage: readonly string[]): string[] {
  const told = damage.slice(0, toldLimit).map((message) => `the rpm database is damaged: ${message}`)
  const more = damage.length - told.length
  if (damage.length === damageLimit)
    return [...told, `the rpm database is damaged in ${damageLimit} places; the rest was not read`]
  return more === 0 ? told : [...told, `the rpm database is damaged in ${more} more places`]
}

/** Advisories for modules hold for one stream only, so these packages cannot be judged by them. */
function streamlessReasons(packages: readonly string[]): string[] {
  if (packages.length === 0) return []
  const named = packages.slice(0, namedLimit).join(', ')
  const more = packages.length > namedLimit ? ` and ${packages.length - namedLimit} more` : ''
  return [`built for a module, but without a modularity label that names the stream: ${named}${more}`]
}
