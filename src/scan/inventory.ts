import type { LayerContents } from '#image/entry.ts'
import { overlaying } from '#image/file-tree.ts'
import type { Target, TargetContents } from '#image/target.ts'
import type { Cataloger } from '#inventory/cataloger.ts'
import { catalog, type FoundPackage, type Inventory } from '#inventory/inventory.ts'
import type { ListedPackage } from '#inventory/sbom/compose.ts'
import { selectorFor } from '#inventory/selector.ts'
import type { Context } from '#kit/context.ts'
import { inTurns } from '#kit/turns.ts'
import type { Distribution } from '#model/distribution.ts'
import type { Layer, Subject } from '#model/image.ts'
import type { Unknown } from '#model/package.ts'
import type { Coverage } from '#model/report.ts'
import { catalogersFor } from './evidence.ts'

/** A link may lead to a file that leads to the next one; nothing real needs more. */
const readsLimit = 3

/** What is in a target, before anybody judges it. */
export interface TargetInventory extends Omit<TargetFacts, 'packages' | 'image'> {
  readonly subject: Subject
  readonly packages: readonly ListedPackage[]
}

/** What is the same of an image wherever it lies and whatever it is called. */
export interface TargetFacts {
  readonly image: Pick<Subject, 'digest' | 'platform' | 'layers'>
  readonly distribution: Distribution | undefined
  readonly packages: readonly FoundPackage[]
  /** Everything that could not be read: of the image, of its layers, of its files. */
  readonly unknowns: readonly Unknown[]
  readonly catalogers: Inventory['catalogers']
  readonly reading: Reading
}

/** How much was read. */
type Reading = Pick<Coverage, 'layers' | 'bytes' | 'entries' | 'transferred' | 'transferable' | 'readings'>

/** Remembers images that were looked through before, by digest. */
export interface InventoryMemory {
  find(digest: string): Promise<TargetFacts | undefined>
  keep(digest: string, facts: TargetFacts): Promise<void>
  /** Waits while another process looks through that image; whoever gets something should do it now. */
  lease(digest: string, signal: AbortSignal): Promise<AsyncDisposable | undefined>
}

/**
 * Looks through one target, or remembers what there was. Needs no advisories. `extra` readers always look for
 * themselves, and nothing of that is remembered.
 */
export async function takeInventory(
  target: Target,
  context: Context,
  memory?: InventoryMemory,
  extra: readonly Cataloger[] = [],
): Promise<TargetInventory> {
  const { identity, kind } = target
  if (identity === undefined || memory === undefined || extra.length > 0) {
    const [facts, { subject }] = await lookThrough(target, context, extra)
    return inventoryOf(facts, subject)
  }
  const { name, digest } = identity
  const known = await memory.find(digest)
  if (known !== undefined) return inventoryOf(known, { kind, name })
  await using lease = await memory.lease(digest, context.signal)
  const meanwhile = lease === undefined ? await memory.find(digest) : undefined
  if (meanwhile !== undefined) return inventoryOf(meanwhile, { kind, name })
  const [facts, contents] = await lookThrough(target, context)
  if (digest === facts.image.digest && isSound(contents)) await memory.keep(digest, facts)
  return inventoryOf(facts, contents.subject)
}

async function lookThrough(
  target: Target,
  context: Context,
  extra: readonly Cataloger[] = [],
): Promise<[TargetFacts, TargetContents]> {
  const { contents, inventory } = await readTarget(target, [...(await catalogersFor(target.kind)), ...extra], context)
  return [factsOf(contents, inventory), contents]
}

/** Whether all of it is what its digests promise. */
function isSound({ subject, layers, unknowns }: TargetContents): boolean {
  const isWhole = subject.layers.every(({ diffId, digest }, index) => {
    const layer = layers[index]
    return layer !== undefined && layer.bytes > 0 && (digest !== undefined || layer.diffId === diffId)
  })
  return isWhole && unknowns.length === 0 && !layers.some(({ reading }) => reading !== undefined)
}

function factsOf(contents: TargetContents, inventory: Inventory): TargetFacts {
  const { subject, layers } = contents
  const { digest, platform } = subject
  const unknowns = [...contents.unknowns, ...layers.flatMap((layer) => layer.unknowns), ...inventory.unknowns]
  return {
    image: { digest, platform, layers: subject.layers },
    distribution: inventory.distribution,
    packages: inventory.packages,
    unknowns: sortedUnknowns(unknowns),
    catalogers: inventory.catalogers,
    reading: {
      layers: {
        total: subject.layers.length,
        read: layers.filter(({ bytes }, at) => bytes > 0 && at < subject.layers.length).length,
      },
      bytes: sum(layers, ({ bytes }) => bytes),
      entries: sum(layers, ({ entries }) => entries.length),
      ...partialReading(contents),
    },
  }
}

/** Only where partial reading was asked for: what a whole reading transfers depends on the cache and the network. */
function partialReading({ layers, transfer }: TargetContents): Partial<Reading> {
  const readings = layers.flatMap(({ reading }, index) => (reading === undefined ? [] : [{ index, ...reading }]))
  return readings.length === 0 ? {} : { ...transfer, readings }
}

function inventoryOf(
  { image, packages, ...facts }: TargetFacts,
  { kind, name }: Pick<Subject, 'kind' | 'name'>,
): TargetInventory {
  return {
    ...facts,
    subject: { kind, name, ...image },
    packages: packages.map((found) => located(found, image.layers)),
  }
}

function sum(layers: readonly LayerContents[], of: (layer: LayerContents) => number): number {
  return layers.reduce((total, layer) => total + of(layer), 0)
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

function located({ layerIndex, ...found }: FoundPackage, layers: readonly Layer[]): ListedPackage {
  const layer = layers[layerIndex]
  if (layer === undefined) return found
  const { index, diffId, createdBy, origin } = layer
  return { ...found, layer: { index, diffId, createdBy }, origin }
}
