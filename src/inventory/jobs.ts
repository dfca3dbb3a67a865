import type { FileNode, FileTree } from '#image/file-tree.ts'
import type { Unknown } from '#model/package.ts'
import type { Cataloger } from './cataloger.ts'
import { osReleasePaths } from './distribution.ts'
import { isNotes, unpackNotes } from './probe-notes.ts'
import { probeContent } from './probing.ts'
import { analysersOf, type Router, routerFor, splitGlob } from './selector.ts'

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
  /** Files that are wanted under another name than their own, and whose content was not kept. */
  readonly missing: readonly string[]
  readonly unknowns: readonly Unknown[]
}

/** Decides which cataloger reads which visible file. */
export function planJobs(tree: FileTree, catalogers: readonly Cataloger[], more: ReadonlySet<string>): Plan {
  const route = routerFor(catalogers)
  const files = filesOfInterest(tree, route, findAliases(tree, catalogers), more)
  const kinds = contentKinds(files)
  const probed = files.flatMap((file) => notesOf(file, kinds.get(file.node.inode), catalogers))
  const byPath = files.flatMap(({ node, wanting }): Job[] => {
    const { content, layer, path: realPath } = node
    if (content === undefined || kinds.get(node.inode) !== 'whole') return []
    return wanting.map(({ cataloger, path }) => ({ cataloger, path, realPath, content, isProbed: false, layer }))
  })
  return {
    jobs: distinct([...byPath, ...probed.flatMap((found) => ('cataloger' in found ? [found] : []))]),
    missing: findMissing(tree, files, kinds),
    unknowns: [...findBrokenLinks(tree, catalogers), ...probed.flatMap((found) => ('reason' in found ? [found] : []))],
  }
}

interface File {
  readonly node: FileNode
  readonly isWantedByPath: boolean
  /** Catalogers, each with the path it wants this file for. */
  readonly wanting: readonly { readonly cataloger: Cataloger; readonly path: string }[]
}

/** Files whose content was kept or should have been. */
function filesOfInterest(tree: FileTree, route: Router, aliases: readonly Alias[], more: ReadonlySet<string>): File[] {
  const files: File[] = []
  for (const node of tree.walk()) {
    if (node.type !== 'file') continue
    const own = route(node.path)
    const wanting = own.map((cataloger) => ({ cataloger, path: node.path }))
    for (const { real, wanted } of aliases) {
      if (node.path !== real && !node.path.startsWith(`${real}/`)) continue
      const path = wanted + node.path.slice(real.length)
      for (const cataloger of route(path)) wanting.push({ cataloger, path })
    }
    if (node.content === undefined && wanting.length === 0) continue
    const isWantedByPath = own.length > 0 || osReleasePaths.has(node.path) || more.has(node.path)
    files.push({ node, isWantedByPath, wanting })
  }
  return files
}

/**
 * What was kept of each inode. The selector judged it by one of its names and a tree does not tell by which, so where
 * hard links disagree the content itself has to.
 */
function contentKinds(files: readonly File[]): ReadonlyMap<number, 'whole' | 'notes'> {
  const kinds = new Map<number, 'whole' | 'notes'>()
  for (const { node, isWantedByPath } of files) {
    if (node.content === undefined) continue
    const kind = isWantedByPath ? 'whole' : 'notes'
    const known = kinds.get(node.inode)
    const agreed = known === undefined || known === kind
    kinds.set(node.inode, agreed ? kind : isNotes(node.content) ? 'notes' : 'whole')
  }
  return kinds
}

function findMissing(tree: FileTree, files: readonly File[], kinds: ReadonlyMap<number, string>): string[] {
  const inodes = new Set(
    files
      .filter(({ node, wanting }) => wanting.length > 0 && kinds.get(node.inode) !== 'whole')
      .map(({ node }) => node.inode),
  )
  if (inodes.size === 0) return []
  const own = new Set(files.filter(({ isWantedByPath }) => isWantedByPath).map(({ node }) => node.path))
  const missing: string[] = []
  for (const { inode, path } of tree.walk()) if (inodes.has(inode) && !own.has(path)) missing.push(path)
  return missing
}

interface Alias {
  /** Where files are. */
  readonly real: string
  /** Where a glob looks for them. */
  readonly wanted: string
}

/** Literal paths, and folders that globs start with, that lead elsewhere through a link. */
function findAliases(tree: FileTree, catalogers: readonly Cataloger[]): readonly Alias[] {
  const bases = new Set(catalogers.flatMap(({ files }) => files.map((glob) => splitGlob(glob).base)))
  return [...bases].flatMap((wanted) => {
    const real = tree.lookup(wanted, { follow: true })?.path ?? ''
    return real === '' || real === wanted ? [] : [{ real, wanted }]
  })
}

function findBrokenLinks(tree: FileTree, catalogers: readonly Cataloger[]): readonly Unknown[] {
  const wanted = new Set(catalogers.flatMap(({ files }) => files))
  return [...wanted]
    .filter((path) => tree.exists(path) && tree.lookup(path, { follow: true }) === undefined)
    .map((path) => ({ path: `/${path}`, reason: 'it is a link that leads nowhere' }))
}

/** Jobs for catalogers that know files by content. Content that was kept whole has passed no probe yet. */
function notesOf(
  { node }: File,
  kind: 'whole' | 'notes' | undefined,
  catalogers: readonly Cataloger[],
): (Job | Unknown)[] {
  const { content, layer, path } = node
  if (content === undefined) return []
  const notes = kind === 'notes' ? [...unpackNotes(content)] : probeContent(analysersOf(catalogers), content)
  return notes.flatMap(({ id, bytes, failure }): (Job | Unknown)[] => {
    if (failure !== undefined) return [{ path: `/${path}`, reason: failure }]
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
