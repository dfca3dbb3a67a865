import type { LayerContents } from '#image/entry.ts'
import type { FileTree } from '#image/file-tree.ts'
import type { Progress } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { baseOf } from '#kit/path.ts'
import { inTurns, Turns } from '#kit/turns.ts'
import type { BuildOrigin, Distribution } from '#model/distribution.ts'
import type { Package, Unknown } from '#model/package.ts'
import { repositoriesPath, settleBranch } from './alpine/branch.ts'
import type { CatalogContext, Cataloger } from './cataloger.ts'
import { detectDistribution, osReleaseLimitBytes, osReleasePaths, type ReadText } from './distribution.ts'
import type { Executable } from './executables/facts.ts'
import { isSystem, unknownExecutables } from './executables/unidentified.ts'
import { type Job, planJobs } from './jobs.ts'
import { type OlderVersion, olderVersions } from './older-versions.ts'
import { withOwners } from './ownership/attribution.ts'
import { isNotes, unpackNotes } from './probe-notes.ts'

export interface CatalogOptions {
  readonly catalogers: readonly Cataloger[]
  /** What the selector was given as `more` when the root was read. */
  readonly more?: ReadonlySet<string>
  /** What the tree was made of; tells which layer brought a package whose file later layers wrote again. */
  readonly layers?: readonly LayerContents[]
  /** Once there are more packages, no further file is read and that is reported. */
  readonly packagesLimit?: number
  readonly signal: AbortSignal
  readonly progress?: (step: Progress) => void
}

/** A package, the layer that brought it, and the cataloger that found it. */
export interface FoundPackage extends Package {
  readonly layerIndex: number
  readonly cataloger: string
}

export interface Inventory {
  readonly distribution: Distribution | undefined
  /** By purl, then location. */
  readonly packages: readonly FoundPackage[]
  readonly unknowns: readonly Unknown[]
  /** Executables and libraries that no cataloger made a package of, by path, with the package that owns each. */
  readonly executables: readonly Executable[]
  /** Catalogers that had files to read. */
  readonly catalogers: readonly { readonly id: string; readonly files: number; readonly packages: number }[]
  /**
   * Files that a wanted path leads to through a link and whose content was not kept. When there are any, read the root
   * again with `selectorFor(catalogers, more)` and catalog again with the same `more`.
   */
  readonly missing: readonly string[]
}

/** Everything that is installed in a root file system, as far as the catalogers can tell. */
export async function catalog(
  tree: FileTree,
  { catalogers, more = new Set(), layers = [], packagesLimit = 500_000, signal, progress }: CatalogOptions,
): Promise<Inventory> {
  const release = readRelease(tree)
  const plan = await inTurns(planJobs(tree, catalogers, more), signal)
  const branch = settleBranch(detectDistribution(release.read), release.read(repositoriesPath))
  const { distribution } = branch
  const context: CatalogContext = {
    signal,
    distribution,
    typeOf: (path) => tree.lookup(path, { follow: true })?.type,
    contentOf: (path) => wholeContent(tree, path),
    namesIn: listing(tree),
  }
  const older = olderVersions(layers, new Set(plan.jobs.map(({ realPath }) => realPath)))
  const results: Result[] = []
  const limits: Unknown[] = []
  let count = 0
  const turns = new Turns(signal)
  for (const job of plan.jobs) {
    if (count > packagesLimit) {
      limits.push({ path: '/', reason: `there are more than ${packagesLimit} packages: the rest was not read` })
      break
    }
    const result = await run(job, context)
    count += result.packages.length
    if (turns.isDue) {
      progress?.({ task: 'packages found', done: count, unit: 'items' })
      await turns.give()
    }
    results.push({
      ...result,
      packages: await withOrigin(result.packages, older.get(job.realPath) ?? [], job, context),
    })
  }
  progress?.({ task: 'packages found', done: count, unit: 'items', finished: true })
  const found = sortedPackages(results.flatMap((result) => result.packages))
  const { packages, executables } = await inTurns(withOwners(found, plan, tree), signal)
  const origins = results.flatMap((result) => result.origins)
  if (origins.length > 0 && distribution === undefined) limits.push({ path: '/', reason: originWithoutDistribution })
  const told = [release, branch, plan, { unknowns: limits }, ...results].flatMap(({ unknowns }) => unknowns)
  const untold = plan.jobs.some(({ cataloger }) => isSystem(cataloger.ecosystem))
    ? []
    : unknownExecutables(executables, packages, told)
  return {
    distribution: distribution && { ...distribution, ...sumOf(origins) },
    packages,
    unknowns: sortedBy([...told, ...untold], unknownKey),
    executables,
    catalogers: usedCatalogers(results),
    missing: [...new Set([...release.missing, ...plan.missing])].filter((path) => !more.has(path)).toSorted(),
  }
}

const originWithoutDistribution = 'it tells which repositories it was built from, but not which distribution it is'

/** Without notes of probes, which are not what the file holds. */
function wholeContent(tree: FileTree, path: string): Buffer | undefined {
  const content = tree.lookup(path, { follow: true })?.content
  return content === undefined || isNotes(content) ? undefined : content
}

function sumOf(origins: readonly BuildOrigin[]): BuildOrigin {
  const contentSets = distinctTexts(origins.flatMap((origin) => origin.contentSets ?? []))
  const builds = distinctTexts(origins.flatMap((origin) => origin.builds ?? []))
  return { ...(contentSets.length > 0 && { contentSets }), ...(builds.length > 0 && { builds }) }
}

function distinctTexts(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted()
}

function usedCatalogers(results: readonly Result[]): Inventory['catalogers'] {
  const used = [...Map.groupBy(results, ({ id }) => id)].map(([id, own]) => ({
    id,
    files: own.length,
    packages: own.reduce((sum, { packages }) => sum + packages.length, 0),
  }))
  return sortedBy(used, ({ id }) => id)
}

interface Result {
  /** Of the cataloger. */
  readonly id: string
  readonly packages: readonly FoundPackage[]
  readonly unknowns: readonly Unknown[]
  readonly origins: readonly BuildOrigin[]
}

/** What one file yielded up to its end or to the first thing in it that could not be read. */
async function run({ cataloger, path, content, layer }: Job, context: CatalogContext): Promise<Result> {
  context.signal.throwIfAborted()
  const turns = new Turns(context.signal)
  const packages: FoundPackage[] = []
  const unknowns: Unknown[] = []
  const origins: BuildOrigin[] = []
  const file = {
    path,
    bytes: () => Promise.resolve(content),
    text: () => Promise.resolve(content.toString('utf8')),
  }
  try {
    for await (const found of await cataloger.catalog(file, context)) {
      if (turns.isDue) await turns.give()
      if (found === undefined) continue
      if ('unknown' in found) unknowns.push(found.unknown)
      else if ('origin' in found) origins.push(found.origin)
      else packages.push({ ...found.package, layerIndex: layer, cataloger: cataloger.id })
      if (packages.length + unknowns.length + origins.length > findsLimit) {
        throw new Problem('limit_exceeded', `more than ${findsLimit} packages in one file`)
      }
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    unknowns.push({ path: `/${path}`, reason: error.message })
  }
  return { id: cataloger.id, packages, unknowns, origins }
}

/** Goes down through what the file was, for as long as a package is in it. */
async function withOrigin(
  packages: readonly FoundPackage[],
  versions: readonly OlderVersion[],
  job: Job,
  context: CatalogContext,
): Promise<readonly FoundPackage[]> {
  const origins = new Map(packages.map(({ purl }) => [purl, job.layer]))
  let present: ReadonlySet<string> = new Set(origins.keys())
  let above = job.content
  for (const version of versions.filter(({ layer }) => layer < job.layer)) {
    const content = job.isProbed ? noteOf(version.content, job.cataloger.id) : version.content
    if (content === undefined || present.size === 0) break
    if (!content.equals(above)) {
      const { packages: before } = await run({ ...job, content }, context)
      present = new Set(before.map(({ purl }) => purl)).intersection(present)
    }
    for (const purl of present) origins.set(purl, version.layer)
    above = content
  }
  return packages.map((found) => ({ ...found, layerIndex: origins.get(found.purl) ?? job.layer }))
}

function noteOf(notes: Buffer, id: string): Buffer | undefined {
  return isNotes(notes) ? unpackNotes(notes).find((note) => note.id === id)?.bytes : undefined
}

/** Of one file. */
const findsLimit = 200_000

function sortedPackages(packages: readonly FoundPackage[]): FoundPackage[] {
  const byIdentity = new Map(packages.map((found) => [packageKey(found), found] as const))
  return sortedBy([...byIdentity.values()], packageKey)
}

function packageKey({ purl, locations }: Package): string {
  return [purl, ...locations].join('\0')
}

function unknownKey({ path, reason }: Unknown): string {
  return `${path}\0${reason}`
}

/** By code units: the same on every machine. Each key is made once. */
function sortedBy<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  const keyed = items.map((item) => ({ key: key(item), item }))
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ item }) => item)
}

/** Remembers the folders that were asked for: many files of one folder ask for the same. */
function listing(tree: FileTree): CatalogContext['namesIn'] {
  const known = new Map<string, readonly string[]>()
  return (folder) => {
    const names = known.get(folder) ?? tree.children(folder).map(({ path }) => baseOf(path))
    known.set(folder, names)
    return names
  }
}

interface Release {
  readonly read: ReadText
  readonly unknowns: readonly Unknown[]
  readonly missing: readonly string[]
}

function readRelease(tree: FileTree): Release {
  const unknowns: Unknown[] = []
  const missing: string[] = []
  const texts = new Map<string, string>()
  for (const path of osReleasePaths) {
    const node = tree.lookup(path, { follow: true })
    if (node?.type !== 'file') continue
    if (node.content === undefined) missing.push(node.origin)
    else texts.set(path, node.content.toString('utf8', 0, osReleaseLimitBytes))
    if ((node.content?.length ?? 0) > osReleaseLimitBytes) {
      unknowns.push({ path: `/${path}`, reason: `only the first ${osReleaseLimitBytes} bytes were looked at` })
    }
  }
  return { unknowns, missing, read: (path: string) => texts.get(path) }
}
