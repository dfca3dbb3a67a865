import { type AdvisoryIndex, matchAdvisories } from '#advisories/match.ts'
import type { LayerContents } from '#image/entry.ts'
import type { Target, TargetContents } from '#image/target.ts'
import type { Context } from '#kit/context.ts'
import type { Unknown } from '#model/package.ts'
import { type Coverage, reportSchemaVersion, type ScanReport } from '#model/report.ts'
import { sortedUnknowns, type TargetInventory, takeInventory } from './inventory.ts'
import { summarize } from './summary.ts'

/** Looks through one target and judges what is in it. */
export async function scan(
  target: Target,
  index: AdvisoryIndex,
  { context, version }: { readonly context: Context; readonly version: string },
): Promise<ScanReport> {
  return await judge(await takeInventory(target, context), index, version)
}

/** Matches what was found against the advisories. */
export async function judge(inventory: TargetInventory, index: AdvisoryIndex, version: string): Promise<ScanReport> {
  const { contents, distribution } = inventory
  const { subject, layers } = contents
  const packages = inventory.packages.map(({ cataloger: _cataloger, ...found }) => found)
  const { findings, ...matched } = await matchAdvisories(packages, distribution, index)
  const allUnknowns = sortedUnknowns([
    ...inventory.unknowns,
    ...matched.unknowns,
    ...(packages.length === 0 ? [nothingFound] : []),
  ])
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

/** An image in which nothing is recognised is not one without vulnerabilities. */
export const nothingFound: Unknown = {
  path: '/',
  reason: 'no package database, language package or Go program was found, so that nothing could be judged',
}

/** Only where partial reading was asked for: what a whole reading transfers depends on the cache and the network. */
function partialCoverage({ layers, transfer }: TargetContents): Partial<Coverage> {
  const readings = layers.flatMap(({ reading }, index) => (reading === undefined ? [] : [{ index, ...reading }]))
  return readings.length === 0 ? {} : { ...transfer, readings }
}

function sum(layers: readonly LayerContents[], of: (layer: LayerContents) => number): number {
  return layers.reduce((total, layer) => total + of(layer), 0)
}
