import { z } from 'zod'
import type { Database } from '#advisories/database.ts'
import type { AdvisorySource } from '#advisories/source.ts'
import type { UpdateReport } from '#advisories/update.ts'
import { Problem } from '#kit/errors.ts'
import { jsonText } from '#kit/json.ts'
import { formatBytes, printable } from '#kit/text.ts'
import { type CommandContext, defineCommand, type Terminal } from '../command.ts'

export default defineCommand({
  name: 'db update',
  summary: 'Download what changed in the advisory feeds and rebuild the database',
  arguments: [],
  options: z.object({
    db: z.string().optional().describe('database directory').meta({ placeholder: 'DIR' }),
    mirror: z
      .string()
      .optional()
      .describe('fetch URL/<host>/<path> instead of https://<host>/<path>')
      .meta({ placeholder: 'URL' }),
    source: z.array(z.string()).default([]).describe('update only this source').meta({ placeholder: 'ID' }),
    sourceUrl: z
      .array(z.string())
      .default([])
      .describe('download this source from another address')
      .meta({ placeholder: 'ID=URL' }),
    key: z
      .string()
      .optional()
      .describe('Ed25519 private key (PEM) to sign with, instead of the key of this installation')
      .meta({ placeholder: 'FILE' }),
    offline: z.boolean().default(false).describe('refuse to use the network'),
    format: z.enum(['text', 'json']).default('text').describe('how to print the outcome'),
  }),
  examples: [
    { run: 'seawall db update', about: 'everything' },
    { run: 'seawall db update --source debian-tracker', about: 'one source; the others stay as they are' },
    { run: 'seawall db update --mirror https://mirror.example/feeds', about: 'through a mirror' },
  ],

  async run(_args, { db, mirror, source, sourceUrl, key: keyFile, offline, format }, context) {
    if (offline) {
      throw new Problem('usage', 'an update needs the network', {
        hint: 'Leave out --offline, or bring a database with `seawall db import`.',
      })
    }
    const { sourceNamed, allSources } = await import('#advisories/recipe.ts')
    const { downloadAddresses } = await import('#advisories/addresses.ts')
    const { updateDatabase } = await import('#advisories/update.ts')
    const { writableDirectory, feedsDirectory } = await import('#advisories/locate.ts')
    const addresses = downloadAddresses({ mirror, replacements: sourceUrl })
    const sources: readonly AdvisorySource[] =
      source.length > 0 ? await Promise.all(source.map(sourceNamed)) : await allSources()
    const target = writableDirectory({ db }, context)
    const key = await trustedKey(keyFile, context)
    const { database, isInPlace } = await openBase(target, context)
    using base = database
    const report = await updateDatabase(
      [...new Set(sources)].filter((one) => addresses(one).length > 0),
      { target, feeds: feedsDirectory(context.env), base, isBaseInPlace: isInPlace, key, addresses, context },
    )
    if (format === 'json') context.terminal.out(jsonText(forPrograms(report)))
    else print(report, context.terminal)
    requireSuccess(report)
    return 0
  },
})

/** A key that this machine itself would not trust must not sign what it is to use. */
async function trustedKey(file: string | undefined, context: CommandContext) {
  const { signingKey } = await import('#advisories/signing-key.ts')
  const { trustOf } = await import('#advisories/trust.ts')
  const { keyIdOf } = await import('#advisories/signature.ts')
  const key = await signingKey(file, context)
  const { keyIds } = trustOf(context.env)
  if (keyIds.size === 0 || keyIds.has(keyIdOf(key))) return key
  throw new Problem('usage', `the key that would sign the database, ${keyIdOf(key)}, is not a trusted key`, {
    hint: 'Add it to SEAWALL_TRUSTED_KEYS, or import a database that a trusted key has signed.',
  })
}

/** What is there already: the database to be updated, or in the usual place the one that came with the program. */
async function openBase(
  target: string,
  { env, terminal }: CommandContext,
): Promise<{ database: Database | undefined; isInPlace: boolean }> {
  const { openDatabase } = await import('#advisories/database.ts')
  const { cacheDirectory, hasDatabase, starterDirectory } = await import('#advisories/locate.ts')
  const { trustOf } = await import('#advisories/trust.ts')
  const trust = trustOf(env)
  const starter = target === cacheDirectory(env) ? starterDirectory() : undefined
  for (const dir of [target, ...(starter === undefined ? [] : [starter])]) {
    if (!hasDatabase(dir)) continue
    try {
      const database = openDatabase(dir, { trust })
      database.verify()
      return { database, isInPlace: dir === target }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      terminal.note(`Starting afresh: ${printable(error.message)}`)
    }
  }
  return { database: undefined, isInPlace: false }
}

function forPrograms({ sources, digest }: UpdateReport): object {
  return {
    ...(digest === undefined ? {} : { digest }),
    sources: sources.map(({ problems, ...source }) => ({
      ...source,
      problems: problems.map(({ code, message, at }) => ({ code, message, at })),
    })),
  }
}

/** One feed that could not be had is said and passed over; none at all is a failure. */
function requireSuccess({ sources }: UpdateReport): void {
  if (sources.length === 0 || sources.some(({ outcome }) => outcome !== 'failed')) return
  const first = sources.flatMap(({ problems }) => problems)[0]
  throw new Problem(first?.code ?? 'target_unreachable', `no feed could be updated: ${first?.message ?? 'unknown'}`, {
    at: first?.at,
    hint: 'The database stays as it was. Check the network, or name a mirror with --mirror.',
    cause: first,
  })
}

function print({ sources, digest }: UpdateReport, terminal: Terminal): void {
  for (const { id, outcome, bytes, problems } of sources) {
    terminal.note(`${printable(id)}: ${outcome}${bytes === 0 ? '' : ` (${formatBytes(bytes)})`}`)
    for (const { message, at } of problems) {
      terminal.note(`  ${printable(message)}${at === undefined ? '' : ` at ${printable(at)}`}`)
    }
  }
  if (digest !== undefined) terminal.out(`${digest}\n`)
}
