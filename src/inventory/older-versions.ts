import type { Entry, LayerContents } from '#image/entry.ts'
import { overlay } from '#image/file-tree.ts'

/** A file as it was when a lower layer was the top one. */
export interface OlderVersion {
  readonly layer: number
  readonly content: Buffer
}

/** Entries times layers that are gone through to tell who brought what; beyond it nobody is told. */
const effortLimit = 20_000_000

/**
 * What the layers below the last had at `paths`, newest first, as far as there always was a file: where one was deleted
 * in between, what was before does not count. Every state is an overlay of its own, of the few entries that matter.
 */
export function olderVersions(
  layers: readonly LayerContents[],
  paths: ReadonlySet<string>,
): ReadonlyMap<string, readonly OlderVersion[]> {
  const rewritten = rewrittenPaths(layers, paths)
  const isRelevant = relevance(rewritten)
  const relevant = layers.map((layer) => ({ ...layer, entries: layer.entries.filter(isRelevant) }))
  const versions = new Map([...rewritten].map((path): [string, OlderVersion[]] => [path, []]))
  const effort = relevant.reduce((sum, { entries }) => sum + entries.length, 0) * layers.length
  if (rewritten.size === 0 || effort > effortLimit) return new Map()
  for (let top = layers.length - 2; top >= 0 && rewritten.size > 0; top -= 1) {
    const tree = overlay(relevant.slice(0, top + 1))
    for (const path of rewritten) {
      const node = tree.lookup(path)
      if (node?.content === undefined) rewritten.delete(path)
      else if (node.layer === top) versions.get(path)?.push({ layer: top, content: node.content })
    }
  }
  return versions
}

function rewrittenPaths(layers: readonly LayerContents[], paths: ReadonlySet<string>): Set<string> {
  const layerOf = new Map<string, number>()
  const rewritten = new Set<string>()
  for (const [index, { entries }] of layers.entries()) {
    for (const { path, type } of entries) {
      if (type !== 'file' || !paths.has(path)) continue
      if ((layerOf.get(path) ?? index) !== index) rewritten.add(path)
      layerOf.set(path, index)
    }
  }
  return rewritten
}

/** The files, what they lie in, and what is whited out beside either. */
function relevance(paths: ReadonlySet<string>): (entry: Entry) => boolean {
  const folders = new Set([''])
  for (const path of paths) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1))
      folders.add(path.slice(0, slash))
  }
  return ({ path }) => {
    if (paths.has(path) || folders.has(path)) return true
    const slash = path.lastIndexOf('/')
    return path.startsWith('.wh.', slash + 1) && folders.has(path.slice(0, Math.max(slash, 0)))
  }
}
