import type { Cataloger } from './cataloger.ts'
import { type Glob, matchesGlob, parseGlob } from './glob.ts'

interface Route {
  readonly cataloger: Cataloger
  readonly glob: Glob
}

/**
 * Tells which catalogers want a path. Globs are indexed by their last segment, by the ending of it, or by the folder, so
 * that a path nobody wants costs one look into each table however many catalogers there are.
 */
export class Router {
  readonly #byName = new Map<string, Route[]>()
  readonly #byEnding = new Map<string, Route[]>()
  readonly #byFolder = new Map<string, Route[]>()
  readonly #others: Route[] = []

  constructor(catalogers: readonly Cataloger[]) {
    for (const cataloger of catalogers) {
      for (const text of cataloger.files) this.#add({ cataloger, glob: parseGlob(text) })
    }
  }

  /** In the order of the catalogers' files; each once. */
  wanting(path: string): readonly Cataloger[] {
    const slash = path.lastIndexOf('/')
    const routes = this.#candidates(path.slice(0, Math.max(slash, 0)), path.slice(slash + 1))
    const wanting = routes.filter(({ glob }) => matchesGlob(glob, path))
    return wanting.length === 0 ? nobody : [...new Set(wanting.map(({ cataloger }) => cataloger))]
  }

  /** False when nobody can want the path that these two make; cheaper than putting it together. */
  mayWant(folder: string, name: string): boolean {
    return this.#candidates(folder, name).length > 0
  }

  #add(route: Route): void {
    const { glob } = route
    const last = glob.segments.at(-1)
    const folder = literalFolder(glob)
    if (last?.name !== undefined) listAt(this.#byName, last.name).push(route)
    else if (folder !== undefined) listAt(this.#byFolder, folder).push(route)
    else if (last?.endings !== undefined) for (const ending of last.endings) listAt(this.#byEnding, ending).push(route)
    else this.#others.push(route)
  }

  #candidates(folder: string, name: string): readonly Route[] {
    const named = this.#byName.get(name)
    const inside = this.#byFolder.size === 0 ? undefined : this.#byFolder.get(folder)
    const ending = this.#byEnding.size === 0 ? undefined : this.#byEnding.get(name.slice(name.lastIndexOf('.') + 1))
    if (named === undefined && inside === undefined && ending === undefined) return this.#others
    return [...(named ?? []), ...(inside ?? []), ...(ending ?? []), ...this.#others]
  }
}

const nobody: readonly Cataloger[] = []

function literalFolder({ isAnywhere, segments }: Glob): string | undefined {
  const names = segments.slice(0, -1).flatMap(({ name }) => name ?? [])
  return isAnywhere || names.length !== segments.length - 1 ? undefined : names.join('/')
}

function listAt(index: Map<string, Route[]>, key: string): Route[] {
  const list = index.get(key) ?? []
  index.set(key, list)
  return list
}
