import type { Finding } from '#model/finding.ts'
import type { Package } from '#model/package.ts'
import type { ScanReport } from '#model/report.ts'
import { canonicalReport } from '#report/fixtures/canonical.ts'

export function makePackage(name: string, over: Partial<Package> = {}): Package {
  const version = over.version ?? '1.0.0'
  const location = `/app/node_modules/${name}/package.json`
  return { purl: `pkg:npm/${name}@${version}`, name, version, ecosystem: 'npm', locations: [location], ...over }
}

/** A vulnerability of a package; fixed where a fixed version is given. */
export function makeFinding(pkg: Package, over: Partial<Finding> = {}): Finding {
  const { fixedVersion } = over
  return {
    id: 'CVE-2030-0001',
    aliases: [],
    kind: 'vulnerability',
    verdict: fixedVersion === undefined ? 'affected-unfixed' : 'affected-fixed',
    severity: 'medium',
    package: pkg.purl,
    location: pkg.locations[0],
    installedVersion: pkg.version,
    fixState: fixedVersion === undefined ? 'not-fixed' : 'fixed',
    source: 'test',
    evidence: {
      namespace: pkg.ecosystem,
      keyKind: pkg.source === undefined ? 'binary' : 'source',
      key: pkg.name,
      scheme: pkg.ecosystem,
      comparedVersion: pkg.version,
      ranges: [],
      record: 'CVE-2030-0001',
      checks: [],
    },
    ...over,
  }
}

/** A report of exactly these. */
export function makeReport(over: Pick<ScanReport, 'packages' | 'findings'> & Partial<ScanReport>): ScanReport {
  return { ...canonicalReport, unknowns: [], ...over }
}
