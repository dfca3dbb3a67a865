import type { Entry } from '#image/entry.ts'
import { type FileTree, overlay } from '#image/file-tree.ts'

/** Content of a file (`undefined`: not kept), or what a link points to. */
type FileFixture = string | Buffer | undefined | { readonly link: string } | { readonly hardLink: string }
export type LayerFixture = Readonly<Record<string, FileFixture>>

/** A root file system for tests, of one layer or several, bottom first. */
export function rootOf(...layers: readonly LayerFixture[]): FileTree {
  return overlay(layers.map(contentsOf))
}

/** What reading such a layer yields. */
export function contentsOf(files: LayerFixture) {
  const entries = Object.entries(files).map(([path, file]) => entryOf(path, file))
  return { entries, unknowns: [], bytes: 0 }
}

function entryOf(path: string, file: FileFixture): Entry {
  const common = { path, size: 0, mode: 0o644, uid: 0, gid: 0 }
  if (typeof file === 'object' && 'link' in file) return { ...common, type: 'symlink', linkTarget: file.link }
  if (typeof file === 'object' && 'hardLink' in file) return { ...common, type: 'hardlink', linkTarget: file.hardLink }
  const content = file === undefined ? undefined : Buffer.from(file)
  return { ...common, type: 'file', size: content?.length ?? 1, content }
}
