import type { EntryType } from '#image/entry.ts'

/** One file of a merged root file system. */
export interface RootNode {
  /** Clean and relative, as in `Entry.path`. */
  readonly path: string
  readonly type: EntryType
  readonly linkTarget?: string | undefined
  readonly content?: Buffer | undefined
  /** Index of the layer that brought it. */
  readonly layer: number
}

/** What an inventory needs of a root file system. */
export interface Root {
  /** The node at exactly this path; follows no symlink. */
  lookup(path: string): RootNode | undefined
  /** Every node that is visible. */
  walk(): Iterable<RootNode>
}

/** As many links as Linux follows before it says ELOOP. */
const linkLimit = 40

/** The path that `path` leads to once every symlink on the way is followed inside the root; `undefined` if to nothing. */
export function resolvePath(root: Root, path: string): string | undefined {
  const ahead = path.split('/').toReversed()
  const behind: string[] = []
  let links = 0
  for (let segment = ahead.pop(); segment !== undefined; segment = ahead.pop()) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') {
      behind.pop()
      continue
    }
    const node = root.lookup([...behind, segment].join('/'))
    if (node === undefined) return undefined
    if (node.type !== 'symlink') {
      behind.push(segment)
      continue
    }
    links += 1
    const target = node.linkTarget ?? ''
    if (links > linkLimit) return undefined
    if (target.startsWith('/')) behind.length = 0
    ahead.push(...target.split('/').toReversed())
  }
  return behind.join('/')
}
