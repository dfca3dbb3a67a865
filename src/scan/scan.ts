import { type AdvisoryIndex, matchAdvisories } from '#advisories/match.ts'
import type { Target } from '#image/target.ts'
import type { Context } from '#kit/context.ts'
import type { Finding } from '#model/finding.ts'
import type { Unknown } from '#model/package.ts'
import { type LocatedPackage, reportSchemaVersion, type ScanReport } from '#model/report.ts'
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
  const { findings: found, ...matched } = await matchAdvisories(packages, distribution, index)
  const findings = withLayers(found, packages)
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

/** Says where each package came from that a finding is about; copies of one may come from different layers. */
function withLayers(findings: readonly Finding[], packages: readonly LocatedPackage[]): Finding[] {
  const copies = new Map(packages.map((found) => [copyKey(found.purl, found.locations[0]), found]))
  return findings.map((finding) => {
    const { layer, origin } = copies.get(copyKey(finding.package, finding.location)) ?? {}
    return { ...finding, ...(layer !== undefined && { layer }), ...(origin !== undefined && { origin }) }
  })
}

function copyKey(purl: string | undefined, location: string | undefined): string {
  return `${purl}\n${location}`
}

/** An image in which nothing is recognised is not one without vulnerabilities. */
export const nothingFound: Unknown = {
  path: '/',
  reason: 'no package database, language package or Go program was found, so that nothing could be judged',
}
