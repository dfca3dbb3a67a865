import { type AdvisoryIndex, matchAdvisories } from '#advisories/match.ts'
import type { Target } from '#image/target.ts'
import type { Context } from '#kit/context.ts'
import type { Unknown } from '#model/package.ts'
import { reportSchemaVersion, type ScanReport } from '#model/report.ts'
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
  const { subject, distribution } = inventory
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
      ...inventory.reading,
    },
    summary: await summarize(packages, findings, allUnknowns),
  }
}

/** An image in which nothing is recognised is not one without vulnerabilities. */
export const nothingFound: Unknown = {
  path: '/',
  reason: 'no package database, language package or Go program was found, so that nothing could be judged',
}
