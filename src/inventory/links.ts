import type { FileNode, FileTree } from '#image/file-tree.ts'
import { baseOf, parentOf } from '#kit/path.ts'
import type { Work } from '#kit/turns.ts'
import type { Unknown } from '#model/package.ts'
import { type Glob, parseGlob, type Segment } from './glob.ts'

export interface LinkedFiles {
  /** By where a file really is: the paths that a glob finds it at through links. */
  readonly wanted: ReadonlyMap<string, readonly string[]>
  readonly unknowns: readonly Unknown[]
}

/** Links that are followed; an image of many thousand packages, all of them links, has fewer. */
const linksLimit = 200_000

/** Finds what globs find where some of the folders or files on the way are links. */
export function* linkedFiles(tree: FileTree, globs: readonly string[]): Work<LinkedFiles> {
  const search = new Search(tree)
  const patterns = globs.map(parseGlob)
  const startsAt = startsOf(patterns.filter(({ isAnywhere }) => isAnywhere))
  for (const pattern of patterns.filter(({ isAnywhere }) => !isAnywhere))
    yield* search.expand({ real: '', virtual: '', pattern, position: 0 })
  for (const node of tree.walk()) {
    if (node.type === 'symlink') for (const start of startsAt(node.path)) yield* search.followFrom(node, start)
    yield
  }
  return search.found()
}

/** A segment of a glob that a link may stand for. */
interface Start {
  readonly pattern: Glob
  readonly position: number
}

/** Indexed by the link's name, or else by that of its folder, so that most links cost one look into each table. */
function startsOf(patterns: readonly Glob[]): (path: string) => readonly Start[] {
  const byName = new Map<string, Start[]>()
  const byFolder = new Map<string, Start[]>()
  const others: Start[] = []
  for (const pattern of patterns) {
    for (const [position, { name }] of pattern.segments.entries()) {
      const folder = pattern.segments[position - 1]?.name
      if (name !== undefined) listAt(byName, name).push({ pattern, position })
      else if (folder !== undefined) listAt(byFolder, folder).push({ pattern, position })
      else others.push({ pattern, position })
    }
  }
  return (path) => [...(byName.get(baseOf(path)) ?? []), ...(byFolder.get(baseOf(parentOf(path))) ?? []), ...others]
}

function listAt(index: Map<string, Start[]>, key: string): Start[] {
  const list = index.get(key) ?? []
  index.set(key, list)
  return list
}

/** Where a search stands: all segments before `position` are found. */
interface Place {
  /** Without links. */
  readonly real: string
  /** As the glob sees it. */
  readonly virtual: string
  readonly pattern: Glob
  readonly position: number
}

class Search {
  readonly #tree: FileTree
  readonly #wanted = new Map<string, string[]>()
  readonly #unknowns: Unknown[] = []
  /** No folder is gone through twice for the same rest of a glob, however many links lead there. */
  readonly #expanded = new Set<string>()
  #followed = 0

  constructor(tree: FileTree) {
    this.#tree = tree
  }

  found(): LinkedFiles {
    const reason = `of ${this.#followed} links that may lead to packages the first ${linksLimit} were followed`
    const excess = this.#followed > linksLimit ? [{ path: '/', reason }] : []
    return { wanted: this.#wanted, unknowns: [...this.#unknowns, ...excess] }
  }

  *followFrom(link: FileNode, { pattern, position }: Start): Work<void> {
    const parts = link.path.split('/').slice(-position - 1)
    const isMatch = parts.length > position && parts.every((name, index) => pattern.segments[index]?.matches(name))
    if (isMatch) yield* this.#enter(link, { virtual: link.path, pattern, position: position + 1 })
  }

  *expand(place: Place): Work<void> {
    const { real, pattern, position } = place
    const segment = pattern.segments[position]
    const key = `${real}\0${position}\0${pattern.text}`
    if (segment === undefined || this.#expanded.has(key)) return
    this.#expanded.add(key)
    for (const child of this.#children(real, segment)) {
      const virtual = joinedPath(place.virtual, baseOf(child.path))
      yield* this.#enter(child, { virtual, pattern, position: position + 1 })
      yield
    }
  }

  #children(folder: string, { name, matches }: Segment): readonly FileNode[] {
    if (name === undefined) return this.#tree.children(folder).filter(({ path }) => matches(baseOf(path)))
    const child = this.#tree.lookup(joinedPath(folder, name))
    return child === undefined ? [] : [child]
  }

  *#enter(node: FileNode, at: Omit<Place, 'real'>): Work<void> {
    const target = node.type === 'symlink' ? this.#follow(node) : node
    const isLast = at.position === at.pattern.segments.length
    if (target === 'not followed') return
    if (target?.type === 'directory' && !isLast) yield* this.expand({ ...at, real: target.path })
    else if (target?.type === 'file' && isLast) this.#add(target.path, at.virtual)
    else if (isLast || !at.pattern.isAnywhere) this.#tellUseless(at, target)
  }

  #follow({ path }: FileNode): FileNode | 'not followed' | undefined {
    this.#followed += 1
    return this.#followed > linksLimit ? 'not followed' : this.#tree.lookup(path, { follow: true })
  }

  #add(real: string, virtual: string): void {
    if (real === virtual) return
    const paths = this.#wanted.get(real)
    if (paths === undefined) this.#wanted.set(real, [virtual])
    else paths.push(virtual)
  }

  /** What a name leads to is not what should be there; folders inside a folder of files are passed over. */
  #tellUseless({ virtual, pattern, position }: Omit<Place, 'real'>, target: FileNode | undefined): void {
    const isNamed = pattern.segments[position - 1]?.name !== undefined
    const path = `/${virtual}`
    if (target === undefined) this.#unknowns.push({ path, reason: 'it is a link that leads nowhere' })
    else if (isNamed && !pattern.isAnywhere) {
      const expected = position === pattern.segments.length ? 'file' : 'directory'
      this.#unknowns.push({ path, reason: `it is a ${target.type} where a ${expected} belongs` })
    }
  }
}

function joinedPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}
