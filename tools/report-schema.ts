/** The JSON report as JSON Schema: docs/reference/report-1.schema.json is written from here. */
import { z } from 'zod'
import { ecosystems, isEcosystem } from '#model/ecosystem.ts'
import { findingKinds, fixStates, verdicts } from '#model/finding.ts'
import { subjectKinds } from '#model/image.ts'
import { reportSchemaVersion, type ScanReport } from '#model/report.ts'
import { severities } from '#model/severity.ts'

const count = z.int().nonnegative()
const Severity = z.enum(severities)
const Verdict = z.enum(verdicts)
const Ecosystem = z.enum(Object.keys(ecosystems).filter(isEcosystem))
const Layer = z.object({
  index: count.describe('0 is the bottom layer'),
  diffId: z.string().describe('sha256 of the uncompressed layer'),
  createdBy: z.string().optional().describe('build step, from the image history'),
})
const Origin = z
  .enum(['base', 'application'])
  .optional()
  .describe('whether it came with the base image; absent where that is not known')
const Range = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  lastAffected: z.string().optional(),
})

const Evidence = z.object({
  namespace: z.string().describe('shard that was asked'),
  keyKind: z.enum(['source', 'binary']),
  key: z.string().describe('name that was looked up'),
  scheme: z.string().describe('version scheme that compared'),
  comparedVersion: z.string(),
  ranges: z.array(Range).describe('what the feed says is affected'),
  record: z.string().describe('identifier of the record in the feed'),
  vendorStatus: z.string().optional(),
  checks: z.array(
    z.object({
      name: z.enum(['range', 'versions', 'module', 'architecture', 'prerelease']),
      passed: z.boolean(),
      detail: z.string(),
    }),
  ),
})

const Finding = z.object({
  id: z.string(),
  aliases: z.array(z.string()),
  kind: z.enum(findingKinds),
  verdict: Verdict,
  severity: Severity,
  score: z.number().min(0).max(10).optional().describe('CVSS base score'),
  package: z.string().optional().describe('purl'),
  location: z.string().optional().describe('tells two copies of one package apart'),
  installedVersion: z.string().optional(),
  fixedVersion: z.string().optional(),
  fixState: z.enum(fixStates),
  source: z.string().describe('advisory source that was believed'),
  published: z.string().optional(),
  kev: z
    .object({ dateAdded: z.string(), dueDate: z.string().optional(), ransomware: z.boolean() })
    .optional()
    .describe('present when CISA lists it as known to be exploited'),
  evidence: Evidence.optional(),
  layer: Layer.optional().describe('layer that brought the package'),
  origin: Origin,
  suppressed: z
    .object({
      by: z.enum(['ownership']),
      reason: z.string(),
      owner: z.string().describe('purl of the package that answers'),
    })
    .optional()
    .describe('kept and not counted, because something else answers for it; shown with --show-suppressed'),
})

const Package = z.object({
  purl: z.string(),
  name: z.string(),
  version: z.string(),
  ecosystem: Ecosystem,
  source: z.object({ name: z.string(), version: z.string() }).optional(),
  architecture: z.string().optional(),
  module: z.string().optional().describe('rpm modularity, name:stream'),
  repository: z.string().optional().describe('id of the repository that it was installed from'),
  vendor: z.string().optional(),
  licences: z.array(z.string()).optional().describe('as declared'),
  hashes: z
    .array(z.object({ algorithm: z.enum(['md5', 'sha1', 'sha256', 'sha384', 'sha512']), value: z.string() }))
    .optional(),
  dependencies: z.array(z.string()).optional().describe('names of the packages that it needs'),
  cpes: z.array(z.string()).optional().describe('names in the CPE dictionary'),
  ownedBy: z.string().optional().describe('purl of the package of the operating system whose advisories judge it'),
  changedSince: z
    .string()
    .optional()
    .describe('purl of the package of the operating system that installed it before it was changed'),
  locations: z.array(z.string()),
  layer: Layer.optional().describe('layer that wrote the file that proves the package; absent for directories'),
  origin: Origin,
})

const Subject = z.object({
  kind: z.enum(subjectKinds),
  name: z.string(),
  digest: z.string().optional(),
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
  layers: z.array(
    Layer.extend({
      digest: z.string().optional(),
      size: count.optional(),
      origin: Origin,
      baseImage: z.string().optional().describe('name or digest of the base image that the layer is of'),
    }),
  ),
  os: z
    .object({
      id: z.string(),
      versionId: z.string().optional(),
      codename: z.string().optional(),
      idLike: z.array(z.string()),
      name: z.string(),
      contentSets: z.array(z.string()).optional().describe('Red Hat: repositories that the image was built from'),
      builds: z.array(z.string()).optional().describe('Red Hat: images that it was built as'),
      eol: z.string().optional().describe('day on which free fixes end'),
      isEndOfLife: z.boolean().describe('on the day the database was built'),
    })
    .optional(),
})

const Database = z.object({
  digest: z.string(),
  builtAt: z.string(),
  starter: z.boolean(),
  sources: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      url: z.string(),
      licence: z.string(),
      asOf: z.string().optional(),
      derivedFrom: z.string().optional(),
      records: count,
    }),
  ),
})

const Coverage = z.object({
  ecosystems: z.array(
    z.object({
      ecosystem: z.string(),
      packages: count,
      namespace: z.string().optional().describe('absent: not judged'),
    }),
  ),
  catalogers: z.array(z.object({ id: z.string(), files: count, packages: count })),
  layers: z.object({ total: count, read: count }),
  bytes: count.describe('uncompressed bytes of layers that were read'),
  entries: count,
  transferred: count.optional().describe('with --partial: compressed bytes that came over the network'),
  transferable: count.optional().describe('with --partial: compressed bytes of all layers'),
  readings: z
    .array(
      z.object({
        index: count.describe('0 is the bottom layer'),
        by: z.enum(['estargz', 'zstd-chunked', 'whole']),
        reason: z.string().optional().describe('why it was read as a whole'),
      }),
    )
    .optional()
    .describe('with --partial: how each layer of a registry was read'),
})

const Summary = z.object({
  packages: count,
  findings: count,
  suppressed: count.describe('findings that something else answers for, shown or not; not among the other counts'),
  fixable: count,
  knownExploited: count,
  unknowns: count,
  bySeverity: z.record(Severity, count),
  byVerdict: z.record(Verdict, count),
  upgrades: z.array(
    z.object({
      ecosystem: z.string(),
      name: z.string(),
      installedVersion: z.string(),
      targetVersion: z.string(),
      packages: z.array(z.string()),
      locations: z.array(z.string()),
      fixes: z.array(z.string()),
      severity: Severity,
      knownExploited: z.boolean(),
    }),
  ),
})

const Report = z
  .object({
    schemaVersion: z.literal(reportSchemaVersion),
    tool: z.object({ name: z.literal('seawall'), version: z.string() }),
    subject: Subject,
    database: Database,
    packages: z.array(Package),
    findings: z.array(Finding),
    unknowns: z.array(z.object({ path: z.string(), reason: z.string() })),
    coverage: Coverage,
    summary: Summary,
  })
  .describe('Report of seawall scan --format json') satisfies z.ZodType<ScanReport>

/** JSON Schema (draft 2020-12) of the report; unknown fields are refused, so that a forgotten one is noticed. */
export function reportJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(Report, { io: 'output' }), undefined, 2)}\n`
}
