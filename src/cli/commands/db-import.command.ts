import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { printable } from '#kit/text.ts'
import { defineCommand } from '../command.ts'

export default defineCommand({
  name: 'db import',
  summary: 'Verify a database that was built elsewhere and use it from now on',
  arguments: [{ name: 'dir', about: 'directory of the database, or its file: address' }],
  options: z.object({
    db: z.string().optional().describe('where to put it, instead of the usual place').meta({ placeholder: 'DIR' }),
  }),
  examples: [
    { run: 'seawall db import /media/usb/db', about: 'on a machine without network' },
    {
      run: 'SEAWALL_TRUSTED_KEYS=company.pem seawall db import /srv/seawall/db',
      about: 'only if this key has signed it',
    },
  ],

  async run([source = ''], { db }, context) {
    const { importDatabase } = await import('#advisories/import.ts')
    const { trustOf } = await import('#advisories/trust.ts')
    const { writableDirectory } = await import('#advisories/locate.ts')
    const target = writableDirectory({ db }, context)
    const sealed = await importDatabase(await pathOf(source), target, { trust: trustOf(context.env), context })
    const { builtAt, sources } = sealed.manifest
    context.terminal.out(`${sealed.digest}\n`)
    context.terminal.note(`Imported to ${printable(target)}: built ${builtAt} from ${sources.length} sources.`)
    return 0
  },
})

async function pathOf(source: string): Promise<string> {
  if (!source.startsWith('file:')) return source
  const { fileURLToPath } = await import('node:url')
  try {
    return fileURLToPath(source)
  } catch (cause) {
    throw new Problem('usage', 'this is not the address of a local directory', { at: source, cause })
  }
}
