import picomatch from 'picomatch'
import type { Analyser, Probe, Selector } from '#image/entry.ts'
import type { Cataloger } from './cataloger.ts'
import { osReleasePaths } from './distribution.ts'
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
  return { wants, analysers, probe: (head, sizeBytes) => probeFor(analysers, head, sizeBytes) }
}

/** The catalogers that know files by content. */
export function analysersOf(catalogers: readonly Cataloger[]): Analyser[] {
  return catalogers.flatMap(({ id, version, probe }) => (probe === undefined ? [] : [{ id, version, probe }]))
}

interface Route {
  readonly cataloger: Cataloger
  readonly matches: (path: string) => boolean
}

/** Indexed by the last segment, so that a path nobody wants costs one look into a table. */
export function routerFor(catalogers: readonly Cataloger[]): Router {
  const byName = new Map<string, Route[]>()
  const byFolder = new Map<string, Route[]>()
  const others: Route[] = []
  for (const cataloger of catalogers) {
    for (const glob of cataloger.files) {
      const { base, rest } = splitGlob(glob)
      const name = glob.slice(glob.lastIndexOf('/') + 1)
      const route = { cataloger, matches: globMatcher(glob) }
      if (!isMagic(name)) listAt(byName, name).push(route)
      else if (rest === name) listAt(byFolder, base).push(route)
      else others.push(route)
    }
  }
  return (path) => {
    const slash = path.lastIndexOf('/')
    const named = byName.get(slash === -1 ? path : path.slice(slash + 1))
    const inside = byFolder.size === 0 ? undefined : byFolder.get(slash === -1 ? '' : path.slice(0, slash))
    if (named === undefined && inside === undefined && others.length === 0) return nobody
    const wanting = [...(named ?? []), ...(inside ?? []), ...others].filter(({ matches }) => matches(path))
    return wanting.length === 0 ? nobody : [...new Set(wanting.map(({ cataloger }) => cataloger))]
  }
}

const nobody: readonly Cataloger[] = []

/** The literal folder a glob starts with, or the whole of a literal one; and what follows it. */
export function splitGlob(glob: string): { readonly base: string; readonly rest: string } {
  const segments = glob.split('/')
  const magic = segments.findIndex(isMagic)
  if (magic === -1) return { base: glob, rest: '' }
  return { base: segments.slice(0, magic).join('/'), rest: segments.slice(magic).join('/') }
}

export function isMagic(text: string): boolean {
  return /[*?[\]{}()!+@\\]/.test(text)
}

/** A name may hold a line end, which `.` of a regular expression takes with the flag `s` only. */
export function globMatcher(glob: string): (path: string) => boolean {
  return isMagic(glob) ? picomatch(glob, { dot: true, flags: 's' }) : (path) => path === glob
}

function listAt(index: Map<string, Route[]>, key: string): Route[] {
  const list = index.get(key) ?? []
  index.set(key, list)
  return list
}

/** What every probe that likes the head keeps of a file is labelled with the cataloger's id. */
function probeFor(analysers: readonly Analyser[], head: Uint8Array, sizeBytes: number): Probe | undefined {
  const probing = new Probing(analysers, head, sizeBytes)
  if (probing.isIdle) return undefined
  return {
    write: (chunk) => probing.write(chunk),
    end() {
      const notes = probing.end()
      return notes.length === 0 ? undefined : packNotes(notes)
    },
  }
}
