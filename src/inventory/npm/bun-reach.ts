/** What one entry needs, by the names under which it asks for them. */
export type NeedsOf = (key: string) => readonly string[]

/**
 * Keys of what the projects need, directly or not. A key is a path of names: what `a` needs may be its own `a/b`, or
 * else the `b` at the top.
 */
export function reachedKeys(
  roots: readonly { readonly at: string; readonly names: readonly string[] }[],
  { keys, needsOf }: { readonly keys: { has(key: string): boolean }; readonly needsOf: NeedsOf },
): ReadonlySet<string> {
  const seen = new Set<string>()
  const ahead: string[] = []
  const visit = (from: string, names: readonly string[]) => {
    const folders = foldersOf(from)
    for (const name of names) {
      const key = folders.map((folder) => `${folder}${name}`).find((candidate) => keys.has(candidate))
      if (key === undefined || seen.has(key)) continue
      seen.add(key)
      ahead.push(key)
    }
  }
  for (const { at, names } of roots) visit(at, names)
  for (let key = ahead.pop(); key !== undefined; key = ahead.pop()) visit(key, needsOf(key))
  return seen
}

/** Nothing real nests deeper. */
const depthLimit = 16

/** `a/@s/b/`, `a/` and the empty one for `a/@s/b`. */
function foldersOf(key: string): readonly string[] {
  const names = key.slice(0, 8000).match(/(?:@[^/]{1,400}\/)?[^/]{1,400}/g) ?? []
  const nested = names.slice(0, depthLimit)
  return [...nested.map((_, index) => `${nested.slice(0, nested.length - index).join('/')}/`), '']
}
