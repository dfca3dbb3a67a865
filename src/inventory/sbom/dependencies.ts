import { parentOf } from '#kit/path.ts'
import type { Package } from '#model/package.ts'

/** More packages of one name than this are nobody's dependency in particular. */
const candidatesLimit = 20

export interface Resolved {
  /** Packages that are needed. */
  readonly found: readonly Package[]
  /** Names that no package here has. */
  readonly missing: readonly string[]
}

/**
 * Tells which packages the names in `dependencies` stand for: those of the same ecosystem and name. Of several, those
 * that the same file proves; else the nearest as Node.js looks for it, upwards from folder to folder; else all.
 */
export function dependencyResolver(packages: readonly Package[]): (of: Package) => Resolved {
  const byName = Map.groupBy(packages, ({ ecosystem, name }) => `${ecosystem}\0${name}`)
  return (of) => {
    const found = new Set<Package>()
    const missing: string[] = []
    for (const name of of.dependencies ?? []) {
      const candidates = (byName.get(`${of.ecosystem}\0${name}`) ?? []).slice(0, candidatesLimit + 2)
      const others = candidates.filter((candidate) => candidate !== of)
      const chosen = others.length > candidatesLimit ? [] : choose(of, others)
      if (chosen.length === 0) missing.push(name)
      for (const one of chosen) found.add(one)
    }
    return { found: [...found], missing }
  }
}

function choose(of: Package, candidates: readonly Package[]): readonly Package[] {
  if (candidates.length <= 1) return candidates
  const [location = ''] = of.locations
  const beside = candidates.filter(({ locations }) => locations.includes(location))
  if (beside.length > 0) return beside
  const folders = ancestorsOf(location)
  const reachable = candidates
    .map((candidate) => ({ candidate, depth: folders.indexOf(rootOf(candidate.locations[0] ?? '')) }))
    .filter(({ depth }) => depth !== -1)
  const nearest = Math.min(...reachable.map(({ depth }) => depth))
  return reachable.length === 0
    ? candidates
    : reachable.filter(({ depth }) => depth === nearest).map(({ candidate }) => candidate)
}

/** Folders from the package upwards, each of which may have a `node_modules`. */
function ancestorsOf(location: string): string[] {
  const folders: string[] = []
  for (let folder = parentOf(location); folders.length < 64; folder = parentOf(folder)) {
    folders.push(folder)
    if (folder === '') break
  }
  return folders
}

/** The folder whose `node_modules` holds the package. */
function rootOf(location: string): string {
  const at = location.lastIndexOf('/node_modules/')
  return at === -1 ? '\0' : location.slice(0, at)
}
