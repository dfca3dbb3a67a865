import { atOnce, type Work } from '#kit/turns.ts'
import type { Unknown } from '#model/package.ts'
import type { Entry, EntryType, LayerContents } from './entry.ts'
import { type Directory, type Inode, isDirectory, type Resolved, resolve } from './inode.ts'
import { LayerTree } from './layer-tree.ts'

/** One name in the merged file system, with what it stands for. */
export interface FileNode {
  /** Where it really is: as in `Entry.path`, no symlinks on the way. */
  readonly path: string
  readonly type: Exclude<EntryType, 'hardlink'>
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  /** Target of a symlink as written. */
  readonly linkTarget: string | undefined
  readonly content: Buffer | undefined
  /** Name of the entry that brought it, by which a selector judged it: links may have led from there to `path`. */
  readonly origin: string
  /** Index of the layer that brought it. */
  readonly layer: number
  /** Equal for names that are hard links of one file. */
  readonly inode: number
}

export interface LookupOptions {
  /** Follow a symlink at the very end too; those on the way are always followed. */
  readonly follow?: boolean
}

/**
 * Lays layers over each other, bottom first, as overlayfs does with what `tar -x` makes of each. A hard link to a file
 * of a lower layer, which `tar -x` cannot make, becomes another name of that file as it was below this layer, which is
 * what engines make of it that unpack into the merged file system.
 */
export function overlay(layers: readonly LayerContents[]): FileTree {
  return atOnce(overlaying(layers))
}

/** `overlay`, as work that can be interrupted. */
export function* overlaying(layers: readonly LayerContents[]): Work<FileTree> {
  let ids = 0
  const nextId = (): number => {
    ids += 1
    return ids
  }
  const { root } = new LayerTree(0, nextId)
  const unknowns: Unknown[] = []
  for (const [index, { entries }] of layers.entries()) {
    const layer = new LayerTree(index, nextId)
    yield* layer.unpack(entries)
    for (const unknown of layer.unknowns) unknowns.push(unknown)
    for (const unknown of closeLinks(layer, root, index)) unknowns.push(unknown)
    yield* merge(root, layer)
  }
  return new FileTree(root, unknowns)
}

/** Must run while `lower` still is what it was below this layer. */
function* closeLinks(layer: LayerTree, lower: Inode, index: number): Generator<Unknown> {
  for (const { directory, name, inode, path } of layer.openLinks) {
    if (inode.entry.type !== 'hardlink' || directory.children.get(name) !== inode) continue
    const target = inode.entry.linkTarget ?? ''
    const found = resolve(lower, target, { follow: false })?.inode
    if (found !== undefined && !isDirectory(found)) {
      inode.id = found.id
      inode.entry = found.entry
      inode.layer = found.layer
    } else {
      directory.children.delete(name)
      yield { path: `/${path}`, reason: `layer ${index}: it is a hard link to ${target}, which is no file` }
    }
  }
}

function* merge(root: Directory, { root: upperRoot, whiteouts }: LayerTree): Work<void> {
  const todo: { readonly lower: Directory; readonly upper: Directory }[] = [{ lower: root, upper: upperRoot }]
  for (let pair = todo.pop(); pair !== undefined; pair = todo.pop()) {
    const { lower, upper } = pair
    const hidden = whiteouts.get(upper)
    if (hidden?.isOpaque === true) lower.children.clear()
    for (const name of hidden?.names ?? []) lower.children.delete(name)
    lower.entry = upper.entry
    lower.layer = upper.layer
    for (const [name, child] of upper.children) {
      const below = lower.children.get(name)
      if (isDirectory(child) && isDirectory(below)) todo.push({ lower: below, upper: child })
      else lower.children.set(name, child)
    }
    yield
  }
}

/** The merged file system. Paths may be absolute or relative to the root, and need not be clean. */
export class FileTree {
  readonly #root: Inode
  /** Entries that no file system could take in, each with the reason. */
  readonly unknowns: readonly Unknown[]

  constructor(root: Inode, unknowns: readonly Unknown[]) {
    this.#root = root
    this.unknowns = unknowns
  }

  lookup(path: string, { follow = false }: LookupOptions = {}): FileNode | undefined {
    const found = resolve(this.#root, path, { follow })
    return found === undefined ? undefined : nodeOf(found)
  }

  /** Whether anything, of any type, has this name. */
  exists(path: string): boolean {
    return resolve(this.#root, path, { follow: false }) !== undefined
  }

  /** What a directory, or a symlink to one, holds, by name; empty for everything else. */
  children(path: string): FileNode[] {
    const directory = resolve(this.#root, path, { follow: true })
    return directory === undefined ? [] : childrenOf(directory).map(nodeOf)
  }

  /** Every name below the root, each directory before what it holds, names in code unit order. */
  *walk(): Generator<FileNode, void> {
    const todo = childrenOf({ inode: this.#root, path: '' }).toReversed()
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      yield nodeOf(next)
      for (const child of childrenOf(next).toReversed()) todo.push(child)
    }
  }

  /**
   * Names below the root that `isOfInterest` says yes to, in no particular order, directory by directory: most names
   * are of interest to nobody, and a path is put together only for the others.
   */
  *search(isOfInterest: (name: FoundName) => boolean): Work<FileNode[]> {
    const found: FileNode[] = []
    const todo: Resolved[] = [{ inode: this.#root, path: '' }]
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const { path: folder, inode } = next
      for (const [name, child] of inode.children ?? []) {
        const isChosen = isOfInterest({ folder, name, entry: child.entry })
        if (!isChosen && child.children === undefined) continue
        const path = joined(folder, name)
        if (isChosen) found.push(nodeOf({ inode: child, path }))
        if (child.children !== undefined) todo.push({ inode: child, path })
      }
      yield
    }
    return found
  }
}

/** What is known of a name without putting its path together. */
export interface FoundName {
  /** Path of the directory that it is in. */
  readonly folder: string
  readonly name: string
  readonly entry: Pick<Entry, 'type' | 'content'>
}

function childrenOf({ inode, path }: Resolved): Resolved[] {
  const children = [...(inode.children ?? [])].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return children.map(([name, child]) => ({ inode: child, path: joined(path, name) }))
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

function nodeOf({ inode, path }: Resolved): FileNode {
  const { type, mode, uid, gid, size, linkTarget, content } = inode.entry
  if (type === 'hardlink') throw new Error(`an open hard link was left at ${path}`)
  return {
    path,
    type,
    mode,
    uid,
    gid,
    size,
    linkTarget,
    content,
    origin: inode.entry.path,
    layer: inode.layer,
    inode: inode.id,
  }
}
