import { type AdvisoryIndex, matchAdvisories } from '#advisories/match.ts'
import type { LayerContents } from '#image/entry.ts'
import { overlaying } from '#image/file-tree.ts'
import type { Target, TargetContents } from '#image/target.ts'
import type { Cataloger } from '#inventory/cataloger.ts'
import { catalog, type FoundPackage, type Inventory } from '#inventory/inventory.ts'
import { catalogers } from '#inventory/registry.generated.ts'
import { selectorFor } from '#inventory/selector.ts'
import type { Context } from '#kit/context.ts'
import { inTurns } from '#kit/turns.ts'
import type { Layer } from '#model/image.ts'
import type { Unknown } from '#model/package.ts'
import { type Coverage, type LocatedPackage, reportSchemaVersion, type ScanReport } from '#model/report.ts'
import { summarize } from './summary.ts'

/** A link may lead to a file that leads to the next one; nothing real needs more. */
const readsLimit = 3

/** Looks through one target and judges what is in it. */
export async function scan(
  target: Target,
  index: AdvisoryIndex,
  { context, version }: { readonly context: Context; readonly version: string },
): Promise<ScanReport> {
  const readers = await loadCatalogers()
  const { contents, inventory } = await readTarget(target, readers, context)
  const packages = inventory.packages.map((found) => located(found, contents.subject.layers))
  const { findings, ...matched } = await matchAdvisories(packages, inventory.distribution, index)
  const { subject, layers } = contents
  const unknowns = [...contents.unknowns, ...layers.flatMap((layer) => layer.unknowns), ...inventory.unknowns]
  const allUnknowns = sorted([...unknowns, ...matched.unknowns, ...(packages.length === 0 ? [nothingFound] : [])])
  const { distribution } = inventory
  return {
    schemaVersion: reportSchemaVersion,
    tool: { name: 'seawall', version },
    subject: {
      ...subject,
      os: distribution && {
        ...distribution,
        eol: matched.lifecycle?.endOfLife,
        isEndOfLife: matched.lifecycle?.isEndOfLife ?? false,
      },
    },
    database: index.facts,
    packages,
    findings,
    unknowns: allUnknowns,
    coverage: {
      ecosystems: matched.ecosystems,
      catalogers: inventory.catalogers,
      layers: {
        total: subject.layers.length,
        read: layers.filter(({ bytes }, at) => bytes > 0 && at < subject.layers.length).length,
      },
      bytes: sum(layers, ({ bytes }) => bytes),
      entries: sum(layers, ({ entries }) => entries.length),
      ...partialCoverage(contents),
    },
    summary: await summarize(packages, findings, allUnknowns),
  }
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

/** An image in which nothing is recognised is not one without vulnerabilities. */
export const nothingFound: Unknown = {
  path: '/',
  reason: 'no package database, language package or Go program was found, so that nothing could be judged',
}

function unreached(path: string): Unknown {
  return { path: `/${path}`, reason: 'it is reached through links, and its content could not be had' }
}

async function loadCatalogers(): Promise<Cataloger[]> {
  const modules = await Promise.all(Object.values(catalogers).map((load) => load()))
  return modules.map((module) => module.default)
}

function located({ layerIndex, ...found }: FoundPackage, layers: readonly Layer[]): LocatedPackage {
  const layer = layers[layerIndex]
  if (layer === undefined) return found
  const { index, diffId, createdBy } = layer
  return { ...found, layer: { index, diffId, createdBy } }
}

/** Only where partial reading was asked for: what a whole reading transfers depends on the cache and the network. */
function partialCoverage({ layers, transfer }: TargetContents): Partial<Coverage> {
  const readings = layers.flatMap(({ reading }, index) => (reading === undefined ? [] : [{ index, ...reading }]))
  return readings.length === 0 ? {} : { ...transfer, readings }
}

function sorted(unknowns: readonly Unknown[]): Unknown[] {
  const distinct = new Map(unknowns.map((unknown) => [`${unknown.path}\n${unknown.reason}`, unknown]))
  return [...distinct].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, unknown]) => unknown)
}

function sum(layers: readonly LayerContents[], of: (layer: LayerContents) => number): number {
  return layers.reduce((total, layer) => total + of(layer), 0)
}
