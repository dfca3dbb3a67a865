/** A package of a lock file, told from others of its name by its version. */
export interface Node {
  readonly name: string
  readonly version?: string | undefined
}

/** Everything that the roots lead to, the roots included. What is asked for without a version is any of that name. */
export function reachedNodes<Item extends Node>(
  nodes: readonly Item[],
  { roots, needsOf }: { readonly roots: readonly Node[]; readonly needsOf: (node: Item) => readonly Node[] },
): ReadonlySet<Item> {
  const byName = Map.groupBy(nodes, ({ name }) => name)
  const reached = new Set<Item>()
  const asked = new Set<string>()
  const ahead = [...roots]
  for (let need = ahead.pop(); need !== undefined; need = ahead.pop()) {
    const { name, version } = need
    const key = `${name} ${version ?? ''}`
    if (asked.has(key)) continue
    asked.add(key)
    for (const node of byName.get(name) ?? []) {
      if ((version !== undefined && node.version !== version) || reached.has(node)) continue
      reached.add(node)
      ahead.push(...needsOf(node))
    }
  }
  return reached
}
