import type { Analyser, Probe, Selector } from '#image/entry.ts'
import type { Cataloger } from './cataloger.ts'
import { osReleasePaths } from './distribution.ts'
import { executableAnalyser } from './executables/executable-probe.ts'
import { ownershipReaders } from './ownership/readers.ts'
import { packNotes } from './probe-notes.ts'
import { Analysers, type FileStart, Probing } from './probing.ts'
import { Router } from './router.ts'

/**
 * Wants what any cataloger can read, what tells the distribution, and `more`: paths that an earlier reading turned out
 * to need (`Inventory.missing`).
 */
export function selectorFor(catalogers: readonly Cataloger[], more: ReadonlySet<string> = new Set()): Selector {
  const router = new Router([...catalogers, ...ownershipReaders(catalogers)])
  const wants = (path: string) => router.wanting(path).length > 0 || osReleasePaths.has(path) || more.has(path)
  return selectorOf(wants, analysersOf(catalogers))
}

/** Wants some paths whole, and of all other files what the analysers make of them. */
export function selectorOf(wants: Selector['wants'], analysers: readonly Analyser[]): Selector {
  const indexed = new Analysers(analysers)
  return { wants, analysers, probe: (...file) => probeFor(indexed, file) }
}

/** The catalogers that know files by content, and what notes every executable whoever knows it. */
export function analysersOf(catalogers: readonly Cataloger[]): Analyser[] {
  const own = catalogers.flatMap(({ id, version, firstBytes, probe }) =>
    probe === undefined ? [] : [{ id, version, firstBytes, probe }],
  )
  return [executableAnalyser, ...own]
}

/** What every probe that likes the head keeps of a file is labelled with the cataloger's id. */
function probeFor(analysers: Analysers, file: FileStart): Probe | undefined {
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
