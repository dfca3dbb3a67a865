import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { Members, optionalText, texts } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { nameOfReference, referencedPackage } from './reference.ts'

const Lock = z.object({
  graph_lock: z.object({ nodes: Members.optional() }).optional(),
  requires: z.array(z.unknown()).optional(),
})
const Node = z.object({
  ref: optionalText,
  pref: optionalText,
  path: optionalText,
  context: optionalText,
  requires: texts,
})

/**
 * Conan 2 writes lists of references, Conan 1 a graph. What is needed to build only (`build_requires`, nodes of the
 * build context) and Python code of recipes is left out, and so is the project itself.
 */
export default defineCataloger({
  id: 'conan-lock',
  version: 1,
  ecosystem: 'conan',
  proves: 'locked',
  title: 'Conan lock file (conan.lock)',
  spec: 'https://docs.conan.io/2/tutorial/versioning/lockfiles.html',
  files: ['**/conan.lock'],
  finds: ['packages', 'dependencies'],

  async catalog(file) {
    if (isPackaging(file.path)) return []
    const location = `/${file.path}`
    const { graph_lock: graph, requires = [] } = parseJson(Lock, await file.text(), location)
    const outcomes = graph?.nodes === undefined ? listed(requires, location) : graphed(graph.nodes, location)
    return withCounts(outcomes, location)
  },
})

function* listed(requires: readonly unknown[], location: string): Generator<Outcome> {
  for (const reference of requires) {
    yield typeof reference === 'string' ? referencedPackage(reference, { location }) : 'unreadable'
  }
}

function* graphed(nodes: Readonly<Record<string, unknown>>, location: string): Generator<Outcome> {
  const read = new Map(Object.keys(nodes).map((id) => [id, Node.safeParse(nodes[id]).data]))
  const names = new Map([...read].map(([id, node]) => [id, nameOfReference(node?.ref ?? node?.pref ?? '')]))
  for (const node of read.values()) {
    const reference = node?.ref ?? node?.pref
    if (node === undefined) yield 'unreadable'
    else if (reference === undefined || node.path !== undefined || node.context === 'build') yield 'left-out'
    else {
      const dependencies = node.requires.flatMap((id) => names.get(id) ?? [])
      yield referencedPackage(reference, { location, dependencies })
    }
  }
}
