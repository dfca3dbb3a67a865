import { z } from 'zod'
import { counted, printable } from '#kit/text.ts'
import { defineCommand } from '../command.ts'

export default defineCommand({
  name: 'db verify',
  summary: 'Check the signature of the advisory database and every record in it',
  arguments: [],
  options: z.object({
    db: z.string().optional().describe('database directory').meta({ placeholder: 'DIR' }),
  }),
  examples: [
    { run: 'seawall db verify', about: 'the database that a scan would use' },
    { run: 'seawall db verify --db /media/usb/db', about: 'before it is imported' },
  ],

  async run(_args, { db }, context) {
    const { locateDatabase } = await import('#advisories/locate.ts')
    const { openDatabase } = await import('#advisories/database.ts')
    const located = locateDatabase({ db }, context)
    using database = openDatabase(located.dir, located)
    database.verify()
    const { seal, manifest, digest } = database.sealed
    const who = seal.kind === 'signed' ? `signed by key ${seal.keyId}` : 'the one that came with this program'
    const shards = counted(manifest.shards.length, 'shard')
    context.terminal.out(`${printable(located.dir)} is whole: ${shards}, ${who}\n${digest}\n`)
    return 0
  },
})
