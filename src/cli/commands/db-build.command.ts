import { z } from 'zod'
import type { BuildReport } from '#advisories/build.ts'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { jsonText } from '#kit/json.ts'
import { counted, formatBytes, printable } from '#kit/text.ts'
import { defineCommand, type Terminal } from '../command.ts'
import { columns } from '../terminal/columns.ts'

export default defineCommand({
  name: 'db build',
  summary: 'Build an advisory database from downloaded feeds',
  arguments: [
    {
      name: 'feed',
      about: 'file or directory, or source=path to say which source reads it',
      optional: true,
      variadic: true,
    },
  ],
  options: z.object({
    output: z
      .string({ error: 'say where to write the database' })
      .describe('directory to write; an older database there is replaced')
      .meta({ placeholder: 'DIR', short: 'o' }),
    key: z
      .string()
      .optional()
      .describe('Ed25519 private key (PEM) to sign with, instead of the key of this installation')
      .meta({ placeholder: 'FILE' }),
    builtAt: z.string().optional().describe('date to write into the manifest').meta({ placeholder: 'DATE' }),
    recipe: z
      .string()
      .optional()
      .describe('YAML or JSON list of sources, files and notes to build from')
      .meta({ placeholder: 'FILE' }),
    format: z.enum(['text', 'json']).default('text').describe('how to print the outcome'),
  }),
  examples: [
    { run: 'seawall db build -o db osv-go=all.zip', about: 'one feed, read as what it is said to be' },
    { run: 'seawall db build -o db --key company.pem feeds/', about: 'every feed of a directory, signed for others' },
  ],

  async run(feeds, { output, key, builtAt, recipe, format }, context) {
    const { openFeeds } = await import('#advisories/recipe.ts')
    const { buildDatabase } = await import('#advisories/build.ts')
    const { signingKey } = await import('#advisories/signing-key.ts')
    if (feeds.length === 0 && recipe === undefined) {
      throw new Problem('usage', 'there is nothing to build from', { hint: 'Name feeds, or a recipe with --recipe.' })
    }
    const date = buildDate(builtAt, context)
    const inputs = [...(recipe === undefined ? [] : await recipeInputs(recipe)), ...(await openFeeds(feeds))]
    const report = await buildDatabase(output, inputs, {
      builtAt: date,
      key: await signingKey(key, context),
      context,
    })
    if (format === 'json') context.terminal.out(jsonText(report))
    else print(report, output, context.terminal)
    return 0
  },
})

async function recipeInputs(path: string) {
  const { readRecipe } = await import('#advisories/recipe.ts')
  return readRecipe(path)
}

/** `--built-at`, else SOURCE_DATE_EPOCH (reproducible-builds.org), else now. */
function buildDate(given: string | undefined, context: Context): Date {
  const epoch = context.env['SOURCE_DATE_EPOCH']
  if (given === undefined && (epoch === undefined || epoch === '')) return context.now()
  const isDate = given !== undefined && /^\d{4}-\d{2}-\d{2}(?:T[\d:.]{5,12}(?:Z|[+-]\d{2}:\d{2}))?$/.test(given)
  const isEpoch = given === undefined && /^\d{1,11}$/.test(epoch ?? '')
  const date = new Date(isDate ? given : isEpoch ? Number(epoch) * 1000 : Number.NaN)
  if (!Number.isNaN(date.getTime())) return date
  throw new Problem(
    'usage',
    given === undefined ? 'SOURCE_DATE_EPOCH is not a number of seconds' : '--built-at is not a date',
    {
      at: given ?? epoch,
      hint: 'Write it like 2026-08-22 or 2026-08-22T10:00:00Z.',
    },
  )
}

function print({ digest, bytes, records, sources }: BuildReport, output: string, terminal: Terminal): void {
  const rows = sources.map(({ id, records: count, dropped, asOf }) => [
    printable(id),
    count.toLocaleString('en-US'),
    dropped.toLocaleString('en-US'),
    printable(asOf ?? 'unknown'),
  ])
  for (const line of columns([['SOURCE', 'RECORDS', 'DROPPED', 'AS OF'], ...rows])) terminal.note(line)
  for (const { id, reasons } of sources) {
    for (const { reason, count, first } of reasons) {
      terminal.note(
        `${printable(id)}: left out ${counted(count, 'entry', 'entries')}, ${printable(reason)}: ${printable(first)}`,
      )
    }
  }
  terminal.note(`${printable(output)}: ${counted(records, 'record')}, ${formatBytes(bytes)}`)
  terminal.out(`${digest}\n`)
}
