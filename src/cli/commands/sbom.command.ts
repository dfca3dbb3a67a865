import { z } from 'zod'
import { cycloneDxVersions } from '#inventory/sbom/cyclonedx/versions.ts'
import { type SbomFormatId, sbomFormatIds } from '#inventory/sbom/format-ids.ts'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { counted } from '#kit/text.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { OutputFile, TargetOptions, targetArgument } from '../target-options.ts'
import { programVersion } from '../version.ts'

const Options = z.object({
  format: z.enum(sbomFormatIds).default('cyclonedx-json').describe('how to write it').meta({ short: 'f' }),
  specVersion: z
    .enum(cycloneDxVersions)
    .optional()
    .describe('which version of CycloneDX to write, 1.6 unless given')
    .meta({ placeholder: 'VERSION' }),
  output: OutputFile,
  strict: z.boolean().default(false).describe('exit with 8 when anything could not be read'),
  ...TargetOptions.shape,
})

type Options = z.infer<typeof Options>

export default defineCommand({
  name: 'sbom',
  summary: 'List what is in a container image as a software bill of materials',
  arguments: [targetArgument],
  options: Options,
  examples: [
    { run: 'seawall sbom alpine:3.19 -o alpine.cdx.json', about: 'CycloneDX 1.6 as JSON' },
    { run: 'seawall sbom ./app.tar --format spdx-json', about: 'SPDX 2.3 of a saved image' },
    { run: 'seawall sbom ./app.tar --spec-version 1.4', about: 'for a reader that knows only CycloneDX 1.4' },
  ],

  async run([target = ''], options, context) {
    const { openOutput } = await import('../terminal/output.ts')
    const output = await openOutput(options.output, context.terminal)
    const created = creationTime(context)
    checkVersion(options)
    const { withinTimeout, readInventory } = await import('../target-reading.ts')
    const inventory = await withinTimeout(target, { options, context }, (limited) =>
      readInventory(target, { options, context: limited, verb: 'Reading' }),
    )
    const [{ composeSbom }, { sbomWriters }] = await Promise.all([
      import('#inventory/sbom/compose.ts'),
      import('#inventory/sbom/writers.ts'),
    ])
    const document = composeSbom(inventory, { created, tool: { name: 'seawall', version: programVersion } })
    await output.write([await sbomWriters[options.format](document, options.specVersion ?? '1.6')])
    return exitCode(document.unknowns.length, options, context)
  },
})

/** SOURCE_DATE_EPOCH (reproducible-builds.org) makes two runs on one image equal to the byte. */
function creationTime({ env, now }: Pick<Context, 'env' | 'now'>): Date {
  const epoch = env['SOURCE_DATE_EPOCH']
  if (epoch === undefined || epoch === '') return now()
  if (/^\d{1,11}$/.test(epoch)) return new Date(Number(epoch) * 1000)
  throw new Problem('usage', `SOURCE_DATE_EPOCH is not a number of seconds: ${epoch.slice(0, 80)}`)
}

function checkVersion({ format, specVersion }: Options): void {
  if (specVersion === undefined || isCycloneDx(format)) return
  throw new Problem('usage', `--spec-version is for CycloneDX: ${format} has only one version`)
}

function isCycloneDx(format: SbomFormatId): boolean {
  return format.startsWith('cyclonedx-')
}

/** A list with gaps says so in itself; here it is said to the person, too. */
function exitCode(unknowns: number, { strict }: Options, { terminal }: CommandContext): 0 | 8 {
  if (unknowns === 0) return 0
  const failing = strict ? ': failing as --strict asks' : '; the SBOM names each'
  terminal.note(`${counted(unknowns, 'thing')} could not be read${failing}.`)
  return strict ? 8 : 0
}
