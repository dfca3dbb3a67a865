import type { Unknown } from '#model/package.ts'
import type { Cataloger } from './cataloger.ts'
import { osReleasePaths } from './distribution.ts'
import { unpackNotes } from './probe-notes.ts'
import { type Root, type RootNode, resolvePath } from './root.ts'
import { type Router, routerFor, splitGlob } from './selector.ts'

/** One file for one cataloger. */
export interface Job {
  readonly cataloger: Cataloger
  /** The path the cataloger asked for; a link may lead from it to where the file is. */
  readonly path: string
  readonly content: Buffer
  readonly layer: number
}

export interface Jobs {
  /** In the order of the catalogers' ids and then of the paths. */
  readonly jobs: readonly Job[]
  /** Files that are wanted under another name, and whose content was not kept. */
  readonly missing: readonly string[]
  readonly unknowns: readonly Unknown[]
}

/** Decides which cataloger reads which visible file. */
export function planJobs(root: Root, catalogers: readonly Cataloger[], more: ReadonlySet<string>): Jobs {
  const route = routerFor(catalogers)
  const aliases = findAliases(root, catalogers)
  const byId = new Map(catalogers.map((cataloger) => [cataloger.id, cataloger] as const))
  const jobs = new Map<string, Job>()
  const missing: string[] = []
  function add(cataloger: Cataloger, path: string, node: RootNode, content: Buffer): void {
    const key = `${cataloger.id}\0${node.path}`
    if (!jobs.has(key)) jobs.set(key, { cataloger, path, content, layer: node.layer })
  }
  for (const node of root.walk()) {
    if (node.type !== 'file') continue
    const isWhole = isWantedByPath(node.path, route, more)
    const wanting = wantingCatalogers(node.path, route, aliases)
    for (const { cataloger, path } of wanting) {
      if (node.content !== undefined && isWhole) add(cataloger, path, node, node.content)
      else if (!isWhole) missing.push(node.path)
    }
    for (const { id, bytes } of node.content === undefined ? [] : notesOf(node.content, isWhole, catalogers)) {
      const cataloger = byId.get(id)
      if (cataloger !== undefined) add(cataloger, node.path, node, bytes)
    }
  }
  const keys = [...jobs.keys()].toSorted()
  return { jobs: keys.flatMap((key) => jobs.get(key) ?? []), missing, unknowns: findBrokenLinks(root, catalogers) }
}

function isWantedByPath(path: string, route: Router, more: ReadonlySet<string>): boolean {
  return route(path).length > 0 || osReleasePaths.has(path) || more.has(path)
}

interface Alias {
  /** Where files are. */
  readonly real: string
  /** Where a glob looks for them. */
  readonly wanted: string
}

/** Literal paths, and folders that globs start with, that lead elsewhere through a link. */
function findAliases(root: Root, catalogers: readonly Cataloger[]): readonly Alias[] {
  const bases = new Set(catalogers.flatMap(({ files }) => files.map((glob) => splitGlob(glob).base)))
  return [...bases].flatMap((wanted) => {
    const real = wanted === '' ? undefined : resolvePath(root, wanted)
    return real === undefined || real === '' || real === wanted ? [] : [{ real, wanted }]
  })
}

function findBrokenLinks(root: Root, catalogers: readonly Cataloger[]): readonly Unknown[] {
  const wanted = new Set(catalogers.flatMap(({ files }) => files))
  return [...wanted]
    .filter((path) => root.lookup(path)?.type === 'symlink' && resolvePath(root, path) === undefined)
    .map((path) => ({ path: `/${path}`, reason: 'it is a link that leads nowhere' }))
}

function wantingCatalogers(
  path: string,
  route: Router,
  aliases: readonly Alias[],
): readonly { readonly cataloger: Cataloger; readonly path: string }[] {
  const names = [path]
  for (const { real, wanted } of aliases) {
    if (path === real || path.startsWith(`${real}/`)) names.push(wanted + path.slice(real.length))
  }
  return names.flatMap((name) => route(name).map((cataloger) => ({ cataloger, path: name })))
}

/** Content that was kept whole has passed no probe yet. */
function notesOf(content: Buffer, isWhole: boolean, catalogers: readonly Cataloger[]) {
  if (!isWhole) return [...unpackNotes(content)]
  return catalogers.flatMap(({ id, probe }) => {
    const started = probe?.(content.subarray(0, headBytes), content.length)
    started?.write(content)
    const bytes = started?.end()
    return bytes === undefined ? [] : [{ id, bytes }]
  })
}

const headBytes = 64
