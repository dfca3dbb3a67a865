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
  const byVersion = Map.groupBy(nodes, identity)
  const reached = new Set<Item>()
  const asked = new Set<string>()
  const ahead = [...roots]
  for (let need = ahead.pop(); need !== undefined; need = ahead.pop()) {
    const key = identity(need)
    if (asked.has(key)) continue
    asked.add(key)
    const answers = need.version === undefined ? byName.get(need.name) : byVersion.get(key)
    for (const node of answers ?? []) {
      if (reached.has(node)) continue
      reached.add(node)
      ahead.push(...needsOf(node))
    }
  }
  return reached
}

function identity({ name, version = '' }: Node): string {
  return `${name} ${version}`
}
