import type { TargetContents } from '#image/target.ts'
import type { Cataloger } from '#inventory/cataloger.ts'
import type { Inventory } from '#inventory/inventory.ts'
import { catalogers } from '#inventory/registry.generated.ts'
import type { SubjectKind } from '#model/image.ts'
import type { Unknown } from '#model/package.ts'

/** Where what a project asks for is what there is to know; in what was built from it, only what came of it counts. */
const sources: ReadonlySet<SubjectKind> = new Set<SubjectKind>(['directory', 'file'])

/** The catalogers whose files prove something in a target of this kind. */
export async function catalogersFor(kind: SubjectKind): Promise<Cataloger[]> {
  const modules = await Promise.all(Object.values(catalogers).map((load) => load()))
  const all = modules.map((module) => module.default)
  return sources.has(kind) ? all : all.filter(({ proves }) => proves !== 'declared')
}

/** A single file that no cataloger had anything to read of, where nothing else was said of it. */
export function unrecognised(
  { subject, layers }: TargetContents,
  told: readonly Unknown[],
  { catalogers: used }: Pick<Inventory, 'catalogers'>,
): readonly Unknown[] {
  if (subject.kind !== 'file' || used.length > 0 || told.length > 0) return []
  const path = layers[0]?.entries.at(-1)?.path ?? ''
  return [{ path: `/${path}`, reason: 'no format that Seawall reads: nothing of it is known' }]
}
