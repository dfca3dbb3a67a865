import type { Analyser, Probe, Selector } from '#image/entry.ts'
import { baseOf, parentOf } from '#kit/path.ts'
import type { Cataloger } from './cataloger.ts'
import { osReleasePaths } from './distribution.ts'
import { type Glob, matchesGlob, parseGlob } from './glob.ts'
import { packNotes } from './probe-notes.ts'
import { Probing } from './probing.ts'

/** Tells which catalogers want a path. */
export type Router = (path: string) => readonly Cataloger[]

/**
 * Wants what any cataloger can read, what tells the distribution, and `more`: paths that an earlier reading turned out
 * to need (`Inventory.missing`).
 */
export function selectorFor(catalogers: readonly Cataloger[], more: ReadonlySet<string> = new Set()): Selector {
  const route = routerFor(catalogers)
  const wants = (path: string) => route(path).length > 0 || osReleasePaths.has(path) || more.has(path)
  return selectorOf(wants, analysersOf(catalogers))
}

/** Wants some paths whole, and of all other files what the analysers make of them. */
export function selectorOf(wants: Selector['wants'], analysers: readonly Analyser[]): Selector {
  return { wants, analysers, probe: (head, sizeBytes, path) => probeFor(analysers, { head, sizeBytes, path }) }
}

/** The catalogers that know files by content. */
export function analysersOf(catalogers: readonly Cataloger[]): Analyser[] {
  return catalogers.flatMap(({ id, version, probe }) => (probe === undefined ? [] : [{ id, version, probe }]))
}

interface Route {
  readonly cataloger: Cataloger
  readonly glob: Glob
}

/** Indexed by the last segment, or else by the folder, so that a path nobody wants costs one look into each table. */
export function routerFor(catalogers: readonly Cataloger[]): Router {
  const byName = new Map<string, Route[]>()
  const byFolder = new Map<string, Route[]>()
  const others: Route[] = []
  for (const cataloger of catalogers) {
    for (const glob of cataloger.files.map(parseGlob)) {
      const route = { cataloger, glob }
      const name = glob.segments.at(-1)?.name
      const folder = literalFolder(glob)
      if (name !== undefined) listAt(byName, name).push(route)
      else if (folder !== undefined) listAt(byFolder, folder).push(route)
      else others.push(route)
    }
  }
  return (path) => {
    const named = byName.get(baseOf(path))
    const inside = byFolder.size === 0 ? undefined : byFolder.get(parentOf(path))
    if (named === undefined && inside === undefined && others.length === 0) return nobody
    const wanting = [...(named ?? []), ...(inside ?? []), ...others].filter(({ glob }) => matchesGlob(glob, path))
    return wanting.length === 0 ? nobody : [...new Set(wanting.map(({ cataloger }) => cataloger))]
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

/** What every probe that likes the head keeps of a file is labelled with the cataloger's id. */
function probeFor(analysers: readonly Analyser[], file: ConstructorParameters<typeof Probing>[1]): Probe | undefined {
  const probing = new Probing(analysers, file)
  if (probing.isIdle) return undefined
  return {
    write: (chunk) => probing.write(chunk),
    end() {
      const notes = probing.end()
      return notes.length === 0 ? undefined : packNotes(notes)
    },
  }
}
