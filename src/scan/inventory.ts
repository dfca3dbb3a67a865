import { overlaying } from '#image/file-tree.ts'
import type { Target, TargetContents } from '#image/target.ts'
import type { Cataloger } from '#inventory/cataloger.ts'
import { catalog, type FoundPackage, type Inventory } from '#inventory/inventory.ts'
import { catalogers } from '#inventory/registry.generated.ts'
import type { ListedPackage } from '#inventory/sbom/compose.ts'
import { selectorFor } from '#inventory/selector.ts'
import type { Context } from '#kit/context.ts'
import { inTurns } from '#kit/turns.ts'
import type { Distribution } from '#model/distribution.ts'
import type { Layer } from '#model/image.ts'
import type { Unknown } from '#model/package.ts'

/** A link may lead to a file that leads to the next one; nothing real needs more. */
const readsLimit = 3

/** What is in a target, before anybody judges it. */
export interface TargetInventory {
  readonly contents: TargetContents
  readonly distribution: Distribution | undefined
  readonly packages: readonly ListedPackage[]
  /** Everything that could not be read: of the image, of its layers, of its files. */
  readonly unknowns: readonly Unknown[]
  readonly catalogers: Inventory['catalogers']
}

/** Looks through one target. Needs no advisories. */
export async function takeInventory(target: Target, context: Context): Promise<TargetInventory> {
  const readers = await loadCatalogers()
  const { contents, inventory } = await readTarget(target, readers, context)
  const { subject, layers } = contents
  const unknowns = [...contents.unknowns, ...layers.flatMap((layer) => layer.unknowns), ...inventory.unknowns]
  return {
    contents,
    distribution: inventory.distribution,
    packages: inventory.packages.map((found) => located(found, subject.layers)),
    unknowns: sortedUnknowns(unknowns),
    catalogers: inventory.catalogers,
  }
}

/** By path and reason, each once. */
export function sortedUnknowns(unknowns: readonly Unknown[]): Unknown[] {
  const distinct = new Map(unknowns.map((unknown) => [`${unknown.path}\n${unknown.reason}`, unknown]))
  return [...distinct].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, unknown]) => unknown)
}

/** Reads once, and again only for files that a wanted path turned out to lead to through links. */
async function readTarget(
  target: Target,
  readers: readonly Cataloger[],
  context: Context,
): Promise<{ contents: TargetContents; inventory: Inventory }> {
  let more: ReadonlySet<string> = new Set()
  let transferred = 0
  for (let reads = 1; ; reads++) {
    const read = await target.read(selectorFor(readers, more))
    transferred += read.transfer?.transferred ?? 0
    const contents = { ...read, transfer: read.transfer && { ...read.transfer, transferred } }
    const tree = await inTurns(overlaying(contents.layers), context.signal)
    const found = await catalog(tree, {
      catalogers: readers,
      more,
      layers: contents.layers,
      signal: context.signal,
      progress: (step) => context.progress(step),
    })
    const inventory = withUnknowns(found, tree.unknowns)
    if (inventory.missing.length === 0) return { contents, inventory }
    if (reads === readsLimit) return { contents, inventory: withUnknowns(inventory, inventory.missing.map(unreached)) }
    more = new Set([...more, ...inventory.missing])
  }
}

function withUnknowns(inventory: Inventory, unknowns: readonly Unknown[]): Inventory {
  return { ...inventory, unknowns: [...inventory.unknowns, ...unknowns] }
}

function unreached(path: string): Unknown {
  return { path: `/${path}`, reason: 'it is reached through links, and its content could not be had' }
}

async function loadCatalogers(): Promise<Cataloger[]> {
  const modules = await Promise.all(Object.values(catalogers).map((load) => load()))
  return modules.map((module) => module.default)
}

function located({ layerIndex, ...found }: FoundPackage, layers: readonly Layer[]): ListedPackage {
  const layer = layers[layerIndex]
  if (layer === undefined) return found
  const { index, diffId, createdBy } = layer
  return { ...found, layer: { index, diffId, createdBy } }
}
