import { z } from 'zod'
import type { Probe } from '#image/entry.ts'
import { isExecutable } from '../elf/executable.ts'
import { ContentSearch } from './content-search.ts'
import type { Evidence } from './evidence.ts'
import { families } from './families.ts'
import { type Family, familyRouter } from './family.ts'

/** What the probe keeps: which families a file is of. */
export const Classification = z.array(
  z.object({
    /** Of the family. */
    name: z.string(),
    /** Several where the file does not decide. */
    versions: z.array(z.string()),
  }),
)
export type Classification = z.infer<typeof Classification>

const route = familyRouter(families)

/** Declines by the first bytes and the name at once; only what may be of some family is looked through. */
export function probeClassified(head: Uint8Array, sizeBytes: number, path: string): Probe | undefined {
  const candidates = isExecutable(head) ? route(path, sizeBytes) : []
  return candidates.length === 0 ? undefined : new ClassifierProbe(candidates)
}

class ClassifierProbe implements Probe {
  readonly #candidates: readonly Family[]
  readonly #search: ContentSearch

  constructor(candidates: readonly Family[]) {
    this.#candidates = candidates
    const sought = candidates.flatMap(({ evidence, beside, leftWith }) => [...evidence, beside, leftWith])
    this.#search = new ContentSearch(sought.filter((one) => one !== undefined))
  }

  write(chunk: Uint8Array): void {
    this.#search.write(chunk)
  }

  end(): Buffer | undefined {
    const found = new Map(this.#search.end().map(({ evidence, versions }) => [evidence, versions]))
    const versionsOf = (one: Evidence | undefined) => (one === undefined ? [] : (found.get(one) ?? []))
    const known = this.#candidates.flatMap(({ name, evidence, beside, leftWith }): Classification => {
      if (versionsOf(leftWith).length > 0 || (beside !== undefined && versionsOf(beside).length === 0)) return []
      const told = evidence.map(versionsOf).filter((versions) => versions.length > 0)
      const versions = told.find(({ length }) => length === 1) ?? told[0]
      return versions === undefined ? [] : [{ name, versions: [...versions] }]
    })
    return known.length === 0 ? undefined : Buffer.from(JSON.stringify(known))
  }
}
