import { z } from 'zod'
import type { Database } from '#advisories/database.ts'
import type { LocatedDatabase } from '#advisories/locate.ts'
import { jsonText } from '#kit/json.ts'
import { counted, printable } from '#kit/text.ts'
import { defineCommand } from '../command.ts'
import { columns } from '../terminal/columns.ts'

const origins = {
  option: 'named with --db',
  environment: 'named in SEAWALL_DB',
  cache: 'written by db update',
  starter: 'came with the program',
} as const

const dayMs = 24 * 60 * 60 * 1000

export default defineCommand({
  name: 'db status',
  summary: 'Say which advisory database is used, how old it is and where its facts come from',
  arguments: [],
  options: z.object({
    db: z.string().optional().describe('database directory').meta({ placeholder: 'DIR' }),
    format: z.enum(['text', 'json']).default('text').describe('how to print it'),
  }),
  examples: [
    { run: 'seawall db status', about: 'the database that a scan would use' },
    { run: 'seawall db status --format json', about: 'for programs' },
  ],

  async run(_args, { db, format }, context) {
    const { locateDatabase } = await import('#advisories/locate.ts')
    const { openDatabase } = await import('#advisories/database.ts')
    const located = locateDatabase({ db }, context)
    using database = openDatabase(located.dir, located)
    const ageDays = Math.max(0, Math.floor((context.now().getTime() - Date.parse(database.facts.builtAt)) / dayMs))
    const text = format === 'json' ? asJson(located, database, ageDays) : asText(located, database, ageDays)
    context.terminal.out(text)
    return 0
  },
})

function asJson({ dir, origin }: LocatedDatabase, { facts, sealed }: Database, ageDays: number): string {
  const { seal, manifest } = sealed
  const signer = seal.kind === 'signed' ? { keyId: seal.keyId } : {}
  const shards = manifest.shards.map(({ kind, namespace, records, packages, size }) => {
    return { kind, namespace, records, packages, size }
  })
  return jsonText({ path: dir, origin, ageDays, ...signer, ...facts, shards })
}

function asText({ dir, origin }: LocatedDatabase, { facts, sealed, namespaces }: Database, ageDays: number): string {
  const { seal, manifest } = sealed
  const records = manifest.shards.reduce((sum, shard) => sum + shard.records, 0)
  const age = ageDays === 0 ? 'today' : `${counted(ageDays, 'day')} ago`
  const head = columns([
    ['Database', `${printable(dir)} (${origins[origin]})`],
    ['Digest', facts.digest],
    ['Built', `${facts.builtAt} (${age})`],
    ['Sealed by', seal.kind === 'signed' ? `key ${seal.keyId}` : 'the digest that this program carries'],
    ['Holds', `${counted(records, 'record')} in ${counted(namespaces.size, 'namespace')}`],
  ])
  const sources = columns([
    ['SOURCE', 'RECORDS', 'AS OF', 'LICENCE'],
    ...facts.sources.map(({ id, records: count, asOf, licence, derivedFrom }) => [
      `${printable(id)}${derivedFrom === undefined ? '' : ' *'}`,
      count.toLocaleString('en-US'),
      printable(asOf ?? 'unknown'),
      printable(licence),
    ]),
  ])
  const marks = facts.sources.flatMap(({ id, derivedFrom }) =>
    derivedFrom === undefined ? [] : `* ${printable(id)} is no upstream feed: derived from ${printable(derivedFrom)}`,
  )
  return `${[...head, '', ...sources, ...(marks.length === 0 ? [] : ['', ...marks])].join('\n')}\n`
}
