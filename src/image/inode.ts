import type { Entry } from './entry.ts'

/** A file, directory or link apart from its names. Hard links are several names of one. */
export interface Inode {
  /** The same for every name of it. */
  id: number
  /** As its layer has it; `path` is the name it had there. */
  entry: Pick<Entry, 'path' | 'type' | 'mode' | 'uid' | 'gid' | 'size' | 'linkTarget' | 'content'>
  /** Index of the layer that brought it. */
  layer: number
  /** Present for directories only. */
  readonly children: Map<string, Inode> | undefined
}

export interface Directory extends Inode {
  readonly children: Map<string, Inode>
}

export function isDirectory(inode: Inode | undefined): inode is Directory {
  return inode?.children !== undefined
}

export interface Resolved {
  readonly inode: Inode
  /** Without symlinks; the root is the empty string. */
  readonly path: string
}

export interface ResolveOptions {
  /** Whether a symlink at the very end is followed; those on the way always are. */
  readonly follow: boolean
  /** Called for what is missing in a directory. */
  readonly make?: (directory: Directory, name: string) => Inode
}

/** As many as Linux follows (path_resolution(7)). */
const linkLimit = 40

/** Components one path may come to with all its symlinks; bounds the time a hostile image can take. */
const stepLimit = 1024

/** Finds a path as the kernel would with `root` as its root: `..` and absolute targets stay inside. */
export function resolve(root: Inode, path: string, { follow, make }: ResolveOptions): Resolved | undefined {
  const todo = path.split('/').toReversed()
  const trail = new Trail(root)
  let links = 0
  let steps = todo.length
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (!isDirectory(trail.end) || steps > stepLimit) return undefined
    if (trail.isStep(name)) continue
    const next = trail.end.children.get(name) ?? make?.(trail.end, name)
    if (next === undefined) return undefined
    const target = follow || todo.length > 0 ? targetOf(next) : undefined
    if (target === undefined) {
      trail.push(name, next)
      continue
    }
    if (target.startsWith('/')) trail.restart()
    const parts = target.split('/').toReversed()
    links += 1
    steps += parts.length
    if (links > linkLimit || steps > stepLimit) return undefined
    todo.push(...parts)
  }
  return { inode: trail.end, path: trail.path() }
}

/** The way from the root to where a path has come to. */
class Trail {
  readonly #root: Inode
  readonly #names: string[] = []
  readonly #inodes: Inode[] = []

  constructor(root: Inode) {
    this.#root = root
  }

  get end(): Inode {
    return this.#inodes.at(-1) ?? this.#root
  }

  /** Takes a component that names nothing: empty, `.`, or `..`, which leads from the root to the root. */
  isStep(name: string): boolean {
    if (name === '..') {
      this.#names.pop()
      this.#inodes.pop()
    }
    return name === '' || name === '.' || name === '..'
  }

  push(name: string, inode: Inode): void {
    this.#names.push(name)
    this.#inodes.push(inode)
  }

  restart(): void {
    this.#names.length = 0
    this.#inodes.length = 0
  }

  path(): string {
    return this.#names.join('/')
  }
}

function targetOf({ entry }: Inode): string | undefined {
  return entry.type === 'symlink' ? entry.linkTarget : undefined
}
