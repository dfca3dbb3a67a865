import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import { type CatalogContext, defineCataloger, type Found } from '../cataloger.ts'
import { hasCommittedFrames } from '../rpm/sqlite-journal.ts'
import { readStoreDatabase, type StoredPath } from './store-database.ts'
import { parseStorePath, type StorePath } from './store-path.ts'

const database = 'nix/var/nix/db/db.sqlite'

/**
 * What is in the store tells itself by the name of its folder, whether or not a database lists it: images made by
 * dockerTools have none. Names are all there is: a path without a version may be a program or only a setting, so that
 * it is unknown where it holds programs or libraries and passed over otherwise.
 */
export default defineCataloger({
  id: 'nix-store',
  version: 1,
  ecosystem: 'nix',
  proves: 'installed',
  title: 'Nix store',
  spec: 'https://nix.dev/manual/nix/latest/store/store-path',
  files: [database, `${database}-wal`],
  folders: ['nix/store/*'],
  finds: ['packages', 'dependencies', 'hashes'],

  async *catalog(file, context) {
    const path = `/${file.path}`
    if (file.path === database) yield* fromDatabase(await file.bytes(), path, context)
    else if (file.path === `${database}-wal`) yield* pendingChange(await file.bytes(), path)
    else yield readFolder(file.path, context)
  },
})

function* pendingChange(bytes: Buffer, path: string): Generator<Found> {
  if (!hasCommittedFrames(bytes)) return
  yield { unknown: { path, reason: 'the latest changes of the database may be in this log only; it was not applied' } }
}

function readFolder(path: string, context: CatalogContext): Found | undefined {
  const stored = parseStorePath(path)
  if (stored !== undefined && stored.version !== undefined) {
    return { package: packageOf({ ...stored, version: stored.version }, {}) }
  }
  const holdsCode = ['bin', 'sbin', 'lib', 'libexec'].some((name) => context.typeOf(`${path}/${name}`) === 'directory')
  return holdsCode && stored !== undefined
    ? { unknown: { path: `/${path}`, reason: 'programs or libraries under a name without a version' } }
    : undefined
}

/** Says the same as the folders do, and more: what each path refers to, and its hash. */
function* fromDatabase(bytes: Buffer, path: string, context: CatalogContext): Generator<Found | undefined> {
  const { paths, problems } = readStoreDatabase(bytes)
  for (const stored of paths) {
    const parsed = parseStorePath(stored.path.replace(/^\//, ''))
    const isThere = parsed?.version !== undefined && context.typeOf(stored.path) === 'directory'
    yield isThere && parsed.version !== undefined
      ? { package: packageOf({ ...parsed, version: parsed.version }, stored) }
      : undefined
  }
  for (const problem of problems.slice(0, toldLimit)) {
    yield { unknown: { path, reason: `the database of the store is damaged: ${problem.message}` } }
  }
  if (problems.length > toldLimit) {
    const reason = `the database of the store is damaged in ${problems.length - toldLimit} more places`
    yield { unknown: { path, reason } }
  }
}

const toldLimit = 10

function packageOf(
  { path, name, version, output, digest }: StorePath & { readonly version: string },
  { references, sha256 }: Partial<StoredPath>,
): Package {
  const names = (references ?? []).flatMap((reference) => parseStorePath(reference.replace(/^\//, ''))?.name ?? [])
  const dependencies = [...new Set(names)].filter((other) => other !== name)
  return {
    purl: formatPurl({ type: 'nix', name, version, qualifiers: { output, outputhash: digest } }),
    name,
    version,
    ecosystem: 'nix',
    hashes: sha256 === undefined ? undefined : [{ algorithm: 'sha256', value: sha256 }],
    dependencies: dependencies.length === 0 ? undefined : dependencies,
    locations: [`/${path}`],
  }
}
