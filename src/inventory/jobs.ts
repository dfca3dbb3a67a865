import type { FileNode, FileTree } from '#image/file-tree.ts'
import { baseOf } from '#kit/path.ts'
import type { Work } from '#kit/turns.ts'
import type { Unknown } from '#model/package.ts'
import type { Cataloger } from './cataloger.ts'
import { osReleasePaths } from './distribution.ts'
import { executableAnalyser } from './executables/executable-probe.ts'
import { decodeFacts, type Executable } from './executables/facts.ts'
import { isBelow, matchesGlob, parseGlob } from './glob.ts'
import { type LinkedFiles, linkedFiles } from './links.ts'
import type { OwnershipJob } from './ownership/ownership.ts'
import { type OwnershipReader, ownershipReaders } from './ownership/readers.ts'
import { unpackNotes } from './probe-notes.ts'
import { Analysers, probeContent } from './probing.ts'
import { Router } from './router.ts'
import { analysersOf, selectorFor } from './selector.ts'

/** One file for one cataloger. */
export interface Job {
  readonly cataloger: Cataloger
  /** The path the cataloger asked for; a link may lead from it to where the file is. */
  readonly path: string
  /** Where the file is. */
  readonly realPath: string
  /** The whole content, or what the cataloger's own probe made of it. */
  readonly content: Buffer
  /** True when `content` is what the probe made of it. */
  readonly isProbed: boolean
  readonly layer: number
}

export interface Plan {
  /** In the order of the catalogers' ids and then of the paths. */
  readonly jobs: readonly Job[]
  /** What tells which package brought which file. */
  readonly ownership: readonly OwnershipJob[]
  /** Every executable and library, by path; of several hard links to one the first that says what it is. */
  readonly executables: readonly Executable[]
  /** Files that are wanted under another name than their own, and whose content was not kept. */
  readonly missing: readonly string[]
  readonly unknowns: readonly Unknown[]
}

/** Decides which cataloger reads which visible file. */
export function* planJobs(tree: FileTree, catalogers: readonly Cataloger[], more: ReadonlySet<string>): Work<Plan> {
  const selector = selectorFor(catalogers, more)
  const owning = ownershipReaders(catalogers)
  const readers = [...catalogers, ...owning]
  const globs = new Set([...readers.flatMap((reader) => reader.files), ...osReleasePaths])
  const links = yield* linkedFiles(tree, [...globs])
  const files = yield* filesOfInterest(tree, readers, links.wanted)
  const jobs: Job[] = yield* folderJobs(tree, catalogers)
  const analysers = new Analysers(analysersOf(catalogers))
  const missing = new Set<string>()
  const unknowns: Unknown[] = [...links.unknowns]
  const executables: Executable[] = []
  const nameOf = mainNames(files)
  for (const { node, wanting } of files) {
    yield
    const { content, layer, path: realPath, origin } = node
    // The selector judged a file by the name of the entry that brought it, and kept all of it or what probes made of it.
    const isWhole = selector.wants(origin)
    if (wanting.length > 0 && !isWhole) missing.add(origin)
    if (content === undefined) continue
    if (isWhole) {
      for (const { cataloger, path } of wanting)
        jobs.push({ cataloger, path, realPath, content, isProbed: false, layer })
    }
    if (nameOf.get(node.inode) !== realPath) continue
    for (const found of notesOf(node, isWhole, { catalogers, analysers })) {
      if ('cataloger' in found) jobs.push(found)
      else if ('format' in found) executables.push(found)
      else unknowns.push(found)
    }
  }
  return { ...divided(distinct(jobs), owning), executables, missing: [...missing], unknowns }
}

function divided(all: readonly Job[], owning: readonly OwnershipReader[]): Pick<Plan, 'jobs' | 'ownership'> {
  const readers = new Map<Cataloger, OwnershipReader>(owning.map((reader) => [reader, reader]))
  const ownership = all.flatMap(({ cataloger, path, content }): OwnershipJob[] => {
    const reader = readers.get(cataloger)
    return reader === undefined ? [] : [{ reader, path, content }]
  })
  return { jobs: all.filter(({ cataloger }) => !readers.has(cataloger)), ownership }
}

interface File {
  readonly node: FileNode
  /** Catalogers, each with the path it wants this file for. */
  readonly wanting: readonly { readonly cataloger: Cataloger; readonly path: string }[]
}

/** Files whose content was kept or should have been. */
function* filesOfInterest(
  tree: FileTree,
  catalogers: readonly Cataloger[],
  linked: LinkedFiles['wanted'],
): Work<readonly File[]> {
  const router = new Router(catalogers)
  const isExcept = exceptions(catalogers)
  const linkedNames = new Set([...linked.keys()].map(baseOf))
  const nodes = yield* tree.search(
    ({ folder, name, entry: { type, content } }) =>
      type === 'file' && (content !== undefined || router.mayWant(folder, name) || linkedNames.has(name)),
  )
  const byPath = nodes.toSorted((one, other) => (one.path < other.path ? -1 : 1))
  return byPath.flatMap((node): File[] => {
    const own = router.wanting(node.path).map((cataloger) => ({ cataloger, path: node.path }))
    const others = (linked.get(node.path) ?? []).flatMap((path) =>
      router
        .wanting(path)
        .filter((cataloger) => !isExcept(cataloger, node.path))
        .map((cataloger) => ({ cataloger, path })),
    )
    const wanting = [...own, ...others]
    return node.content !== undefined || wanting.length > 0 ? [{ node, wanting }] : []
  })
}

const noContent = Buffer.alloc(0)

/** Folders that are found by where they really are. */
function* folderJobs(tree: FileTree, catalogers: readonly Cataloger[]): Work<Job[]> {
  const routes = catalogers.flatMap((cataloger) =>
    (cataloger.folders ?? []).map((text) => ({ cataloger, glob: parseGlob(text) })),
  )
  const jobs: Job[] = []
  if (routes.length === 0) return jobs
  for (const { path, layer } of yield* tree.search(({ entry }) => entry.type === 'directory')) {
    for (const { cataloger } of routes.filter(({ glob }) => matchesGlob(glob, path))) {
      jobs.push({ cataloger, path, realPath: path, content: noContent, isProbed: false, layer })
    }
  }
  return jobs
}

/** One name for each file, however many hard links it has: the one by which it was judged, if that is left. */
function mainNames(files: readonly File[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  for (const { node } of files) {
    if (!names.has(node.inode) || node.path === node.origin) names.set(node.inode, node.path)
  }
  return names
}

function exceptions(catalogers: readonly Cataloger[]): (cataloger: Cataloger, real: string) => boolean {
  const globs = new Map(catalogers.map((cataloger) => [cataloger, (cataloger.exceptLinked ?? []).map(parseGlob)]))
  return (cataloger, real) => globs.get(cataloger)?.some((glob) => isBelow(glob, real)) === true
}

/** Jobs for catalogers that know files by content. Content that was kept whole has passed no probe yet. */
function notesOf(
  { content, layer, path, origin, size }: FileNode,
  isWhole: boolean,
  { catalogers, analysers }: { readonly catalogers: readonly Cataloger[]; readonly analysers: Analysers },
): (Job | Executable | Unknown)[] {
  if (content === undefined) return []
  const notes = isWhole ? probeContent(analysers, content, origin) : [...unpackNotes(content)]
  return notes.flatMap(({ id, bytes, failure }): (Job | Executable | Unknown)[] => {
    const location = `/${path}`
    if (failure !== undefined) return [{ path: location, reason: failure }]
    if (id === executableAnalyser.id) {
      return [{ path: location, ...decodeFacts(bytes, location), sizeBytes: size, layer }]
    }
    const cataloger = catalogers.find((candidate) => candidate.id === id)
    return cataloger === undefined ? [] : [{ cataloger, path, realPath: path, content: bytes, isProbed: true, layer }]
  })
}

/** A file that is wanted under two names is read once, under its own if that is one of them. */
function distinct(jobs: readonly Job[]): readonly Job[] {
  const byKey = new Map<string, Job>()
  for (const job of jobs) {
    const key = `${job.cataloger.id}\0${job.realPath}`
    if (!byKey.has(key)) byKey.set(key, job)
  }
  return [...byKey.keys()].toSorted().flatMap((key) => byKey.get(key) ?? [])
}
