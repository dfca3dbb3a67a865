import type { Cataloger } from '#inventory/cataloger.ts'
import { catalogers } from '#inventory/registry.generated.ts'
import type { SubjectKind } from '#model/image.ts'

/** Where what a project asks for is what there is to know; in what was built from it, only what came of it counts. */
const sources: ReadonlySet<SubjectKind> = new Set<SubjectKind>(['directory'])

/** The catalogers whose files prove something in a target of this kind. */
export async function catalogersFor(kind: SubjectKind): Promise<Cataloger[]> {
  const modules = await Promise.all(Object.values(catalogers).map((load) => load()))
  const all = modules.map((module) => module.default)
  return sources.has(kind) ? all : all.filter(({ proves }) => proves !== 'declared')
}
