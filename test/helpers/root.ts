import type { Root, RootNode } from '#inventory/root.ts'

/** A root file system for tests, with the folders it needs; content that was not kept is `undefined`. */
export function rootOf(files: Readonly<Record<string, string | Buffer | undefined | { readonly link: string }>>): Root {
  const nodes = new Map<string, RootNode>()
  for (const [path, file] of Object.entries(files)) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash)
      nodes.set(folder, { path: folder, type: 'directory', layer: 0 })
    }
    if (typeof file === 'object' && 'link' in file) {
      nodes.set(path, { path, type: 'symlink', linkTarget: file.link, layer: 0 })
    } else {
      nodes.set(path, { path, type: 'file', content: file === undefined ? undefined : Buffer.from(file), layer: 0 })
    }
  }
  return { lookup: (path) => nodes.get(path), walk: () => nodes.values() }
}
