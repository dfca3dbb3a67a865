import { z } from 'zod'
import type { ImageReader } from '#image/image-reader.ts'
import type { LayerReader } from '#image/layer-reader.ts'
import { Problem } from '#kit/errors.ts'
import { counted, parseDuration } from '#kit/text.ts'
import type { ScanReport } from '#model/report.ts'
import { severities } from '#model/severity.ts'
import { CacheSize } from '../cache-size.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { programVersion } from '../version.ts'

/** The longest that a timer can wait. */
const timeoutLimitMs = 2 ** 31 - 1

const Options = z.object({
  format: z.enum(['table', 'json', 'sarif']).default('table').describe('how to print the result').meta({ short: 'f' }),
  output: z
    .string()
    .min(1, 'expected the name of a file')
    .optional()
    .describe('write the result to a file instead')
    .meta({ placeholder: 'FILE', short: 'o' }),
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
  showSuppressed: z.boolean().default(false).describe('show what is known not to affect the image, too'),
  strict: z.boolean().default(false).describe('exit with 8 when anything could not be read or judged'),
  platform: z
    .string()
    .optional()
    .describe('which image of a multi-platform index, such as linux/arm64')
    .meta({ placeholder: 'OS/ARCH' }),
  offline: z.boolean().default(false).describe('never use the network'),
  partial: z
    .boolean()
    .default(false)
    .describe(
      'read only wanted files of remote layers that have a trusted table of contents; executables are left out',
    ),
  insecure: z.boolean().default(false).describe('allow plain HTTP to registries that are not on this machine'),
  ca: z
    .string()
    .min(1, 'expected the name of a file')
    .optional()
    .describe('trust the certificates of a PEM file, too')
    .meta({ placeholder: 'FILE' }),
  db: z
    .string()
    .min(1, 'expected the name of a directory')
    .optional()
    .describe('directory of the advisory database')
    .meta({ placeholder: 'DIR' }),
  cache: z
    .string()
    .min(1, 'expected the name of a directory')
    .optional()
    .describe('directory of the layer cache')
    .meta({ placeholder: 'DIR' }),
  noCache: z.boolean().default(false).describe('read every layer, and remember nothing of it'),
  cacheSize: CacheSize,
  timeout: z
    .string()
    .default('1h')
    .refine(isTimeout, 'expected a duration such as 90s, 5m or 1h30m, at most 24 days')
    .describe('give up after this long')
    .meta({ placeholder: 'DURATION' }),
})

export default defineCommand({
  name: 'scan',
  summary: 'Find known vulnerabilities in a container image',
  arguments: [
    { name: 'target', about: 'an image reference, an archive, an OCI layout or a root file system directory' },
  ],
  options: Options,
  examples: [
    { run: 'seawall scan alpine:3.19', about: 'an image of the local engine, else of its registry' },
    { run: 'seawall scan ./app.tar --fail-on high', about: 'a saved image; exit 1 on high or critical findings' },
    { run: 'seawall scan oci:./layout:v1 --format sarif -o out.sarif', about: 'a layout directory, for a code host' },
    { run: 'seawall scan dir:/mnt/rootfs --severity high,critical', about: 'a root file system' },
  ],

  async run([target = ''], options, context) {
    const { openOutput } = await import('../terminal/output.ts')
    const output = await openOutput(options.output, context.terminal)
    const report = await scanWithin(target, options, context)
    const { viewOf } = await import('#scan/view.ts')
    const judged = await viewOf(report, { ...options, severities: undefined })
    const severitySet = options.severity === undefined ? undefined : new Set(options.severity)
    const shown = await viewOf(judged, { ...options, severities: severitySet })
    await output.write(await rendered(shown, options, { ...context, color: output.color }))
    return exitCode(judged, options, context)
  },
})

type Options = z.infer<typeof Options>

/** Loads everything heavy only now, and stops it when the time is up. */
async function scanWithin(argument: string, options: Options, context: CommandContext): Promise<ScanReport> {
  const deadline = AbortSignal.timeout(parseDuration(options.timeout) ?? 0)
  const limited = { ...context, signal: AbortSignal.any([context.signal, deadline]) }
  try {
    return await openAndScan(argument, options, limited)
  } catch (error) {
    if (!deadline.aborted || context.signal.aborted) throw error
    throw new Problem('limit_exceeded', `the scan took longer than ${options.timeout}`, {
      at: argument,
      hint: 'Give it more time with --timeout.',
      cause: error,
    })
  }
}

async function openAndScan(argument: string, options: Options, context: CommandContext): Promise<ScanReport> {
  const [image, { imageLimits }, { parsePlatform }, { openDatabase }, { locateDatabase }, { scan }] = await Promise.all(
    [
      import('#image/open.ts'),
      import('#image/limits.ts'),
      import('#image/platform.ts'),
      import('#advisories/database.ts'),
      import('#advisories/locate.ts'),
      import('#scan/scan.ts'),
    ],
  )
  const { offline, insecure, ca, db } = options
  const platform = options.platform === undefined ? undefined : parsePlatform(options.platform)
  const place = locateDatabase({ db }, context)
  using database = openDatabase(place.dir, { trust: place.trust })
  await using cache = await openCache(options, context)
  const readers = options.partial ? await partially(cache?.readers) : cache?.readers
  const opening = { platform, offline, insecure, caFile: ca, limits: imageLimits, ...readers }
  await using target = await image.openTarget(argument, opening, context)
  context.terminal.note(`Scanning ${target.description}`)
  return await scan(target, database, { context, version: programVersion })
}

/** What is read by a table of contents is not stored: only what is read as a whole goes by the cache. */
async function partially(readers: { readonly readLayer: LayerReader; readonly readImage: ImageReader } | undefined) {
  const [{ partialReader }, { readBlob }] = await Promise.all([
    import('#image/partial/partial-reader.ts'),
    import('#image/layer-reader.ts'),
  ])
  return { ...readers, readLayer: partialReader(readers?.readLayer ?? readBlob) }
}

/** The layer cache, unless there is to be none. */
async function openCache(options: Options, context: CommandContext) {
  if (options.noCache) return undefined
  const [{ locateCache }, { LayerCache }, { cachedReader }, { cachedImages }] = await Promise.all([
    import('#scan/cache/location.ts'),
    import('#scan/cache/layer-cache.ts'),
    import('#scan/cache/cached-reader.ts'),
    import('#scan/cache/cached-image.ts'),
  ])
  const { path, limitBytes } = locateCache(options, context)
  if (limitBytes === 0) return undefined
  const note = (text: string) => context.terminal.note(text)
  const cache = await LayerCache.open({ path, limitBytes, note, now: () => context.now() })
  const readers = { readLayer: cachedReader(cache), readImage: cachedImages(cache) }
  return { readers, [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose]() }
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

function isTimeout(text: string): boolean {
  const ms = parseDuration(text)
  return ms !== undefined && ms > 0 && ms <= timeoutLimitMs
}

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}
