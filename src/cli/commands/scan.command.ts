import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { counted } from '#kit/text.ts'
import type { ScanReport } from '#model/report.ts'
import { severities } from '#model/severity.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { OutputFile, TargetOptions, targetArgument } from '../target-options.ts'
import { programVersion } from '../version.ts'

const Options = z.object({
  format: z.enum(['table', 'json', 'sarif']).default('table').describe('how to print the result').meta({ short: 'f' }),
  output: OutputFile,
  severity: z
    .array(z.preprocess(lowerCase, z.enum(severities)))
    .optional()
    .describe('show only these severities, separated by commas')
    .meta({ placeholder: 'LIST', short: 's' }),
  failOn: z
    .preprocess(lowerCase, z.enum(severities))
    .optional()
    .describe('exit with 1 when a finding is at least this severe, shown or not')
    .meta({ placeholder: 'SEVERITY' }),
  ignoreUnfixed: z.boolean().default(false).describe('leave out vulnerabilities without a fixed version'),
  showSuppressed: z
    .boolean()
    .default(false)
    .describe('show what is known not to affect the image or judged elsewhere, too'),
  strict: z.boolean().default(false).describe('exit with 8 when anything could not be read or judged'),
  ...TargetOptions.shape,
  db: z
    .string()
    .min(1, 'expected the name of a directory')
    .optional()
    .describe('directory of the advisory database')
    .meta({ placeholder: 'DIR' }),
})

export default defineCommand({
  name: 'scan',
  summary: 'Find known vulnerabilities in a container image',
  arguments: [targetArgument],
  options: Options,
  examples: [
    { run: 'seawall scan alpine:3.19', about: 'an image of the local engine, else of its registry' },
    { run: 'seawall scan ./app.tar --fail-on high', about: 'a saved image; exit 1 on high or critical findings' },
    { run: 'seawall scan oci:./layout:v1 --format sarif -o out.sarif', about: 'a layout directory, for a code host' },
    { run: 'seawall scan ./app.cdx.json', about: 'what a software bill of materials lists' },
    { run: 'seawall scan dir:/mnt/rootfs --severity high,critical', about: 'a root file system' },
    { run: 'seawall scan ./ --exclude node_modules', about: 'a source tree' },
  ],

  async run([target = ''], options, context) {
    const { openOutput } = await import('../terminal/output.ts')
    const output = await openOutput(options.output, context.terminal)
    const { withinTimeout } = await import('../target-reading.ts')
    const report = await withinTimeout(target, { options, context }, (limited) => openAndScan(target, options, limited))
    const { viewOf } = await import('#scan/view.ts')
    const judged = await viewOf(report, { ...options, severities: undefined })
    const severitySet = options.severity === undefined ? undefined : new Set(options.severity)
    const shown = await viewOf(judged, { ...options, severities: severitySet })
    await output.write(await rendered(shown, options, { ...context, color: output.color }))
    return exitCode(judged, options, context)
  },
})

type Options = z.infer<typeof Options>

/** The database is opened first: without one, nothing is read in vain. */
async function openAndScan(argument: string, options: Options, context: CommandContext): Promise<ScanReport> {
  const [{ openDatabase }, { locateDatabase }, { judge }, { readInventory }] = await Promise.all([
    import('#advisories/database.ts'),
    import('#advisories/locate.ts'),
    import('#scan/scan.ts'),
    import('../target-reading.ts'),
  ])
  const place = locateDatabase({ db: options.db }, context)
  using database = openDatabase(place.dir, { trust: place.trust })
  const inventory = await readInventory(argument, { options, context, verb: 'Scanning' })
  return await judge(inventory, database, programVersion)
}

async function rendered(
  report: ScanReport,
  { format }: Options,
  { terminal, color, now }: Pick<CommandContext, 'terminal' | 'now'> & { readonly color: boolean },
): Promise<Iterable<string>> {
  const { reports } = await import('#report/registry.generated.ts')
  const load = reports[format]
  if (load === undefined) throw new Problem('usage', `there is no format ${format}`)
  return (await load()).default.render(report, { columns: terminal.columns, color, now: now() })
}

/** What the gates say of everything that was found, whatever of it is shown. */
async function exitCode(
  report: ScanReport,
  { failOn, strict }: Options,
  { terminal }: CommandContext,
): Promise<0 | 1 | 8> {
  const { findingsAtLeast } = await import('#scan/view.ts')
  const failing = failOn === undefined ? [] : findingsAtLeast(report, failOn)
  if (failing.length > 0) {
    terminal.note(`${counted(failing.length, 'finding')} at or above ${failOn}: failing as --fail-on asks.`)
    return 1
  }
  if (!strict || report.unknowns.length === 0) return 0
  terminal.note(`${counted(report.unknowns.length, 'thing')} could not be read or judged: failing as --strict asks.`)
  return 8
}

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}
