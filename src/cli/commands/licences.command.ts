import { z } from 'zod'
import { categories } from '#inventory/licences/categories.data.ts'
import { Problem } from '#kit/errors.ts'
import { counted } from '#kit/text.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import type { LicenceListing } from '../licence-table.ts'
import { OutputFile, TargetOptions, targetArgument } from '../target-options.ts'

const Options = z.object({
  format: z.enum(['table', 'json']).default('table').describe('how to print the result').meta({ short: 'f' }),
  output: OutputFile,
  deny: z
    .array(z.string().min(1, 'expected a licence or a category'))
    .optional()
    .describe('exit with 1 when a package needs one of these SPDX identifiers or categories, separated by commas')
    .meta({ placeholder: 'LIST' }),
  ...TargetOptions.shape,
})

type Options = z.infer<typeof Options>

export default defineCommand({
  name: 'licences',
  summary: 'List the licences of what is in a container image',
  arguments: [targetArgument],
  options: Options,
  examples: [
    { run: 'seawall licences alpine:3.19', about: 'packages by licence, with the category of each' },
    {
      run: 'seawall licences ./app.tar --deny network-copyleft,unknown',
      about: 'exit 1 when a package has one of these',
    },
    {
      run: 'seawall licences ./app.tar --deny GPL-3.0-only --format json',
      about: 'with what each licence was told from',
    },
  ],

  async run([target = ''], options, context) {
    const { openOutput } = await import('../terminal/output.ts')
    const output = await openOutput(options.output, context.terminal)
    const denied = await deniedOf(options.deny ?? [])
    const listing = await listLicences(target, options, context, denied)
    await output.write(await rendered(listing, options, { columns: context.terminal.columns, color: output.color }))
    const failing = listing.packages.filter((found) => found.denied)
    if (failing.length === 0) return 0
    context.terminal.note(`${counted(failing.length, 'package')} with a denied licence: failing as --deny asks.`)
    return 1
  },
})

/** A word that can never match would let everything pass: it is an error. */
async function deniedOf(words: readonly string[]): Promise<ReadonlySet<string>> {
  const { identifier } = await import('#inventory/licences/known-names.ts')
  const known: ReadonlySet<string> = new Set(categories)
  const current = words.map((word) => {
    const lower = word.toLowerCase()
    const id = known.has(lower) ? lower : (identifier(word) ?? (/^LicenseRef-/i.test(word) ? word : undefined))
    if (id !== undefined) return id.toLowerCase()
    const hint = `Categories are ${categories.join(', ')}.`
    throw new Problem('usage', `--deny ${word}: no SPDX identifier and no category`, { hint })
  })
  return new Set(current)
}

async function listLicences(
  target: string,
  options: Options,
  context: CommandContext,
  denied: ReadonlySet<string>,
): Promise<LicenceListing> {
  const [{ withinTimeout, readInventory }, { licenceFileReader }, { packageLicences }] = await Promise.all([
    import('../target-reading.ts'),
    import('#inventory/licences/licence-files.ts'),
    import('#inventory/licences/package-licences.ts'),
  ])
  const reader = licenceFileReader()
  const { subject, packages, unknowns } = await withinTimeout(target, { options, context }, (limited) =>
    readInventory(target, { options, context: limited, verb: 'Reading', extra: [reader.cataloger] }),
  )
  const { name, kind, digest } = subject
  return { subject: { name, kind, digest }, packages: packageLicences(packages, reader.files(), denied), unknowns }
}

async function rendered(
  listing: LicenceListing,
  { format }: Options,
  shape: { readonly columns: number; readonly color: boolean },
): Promise<Iterable<string>> {
  if (format === 'json') return [`${JSON.stringify(listing, undefined, 2)}\n`]
  const { licenceTable } = await import('../licence-table.ts')
  return licenceTable(listing, shape)
}
