import { z } from 'zod'
import { counted, formatBytes, parseDuration, printable } from '#kit/text.ts'
import { CachePlace } from '../cache-options.ts'
import { defineCommand } from '../command.ts'

export default defineCommand({
  name: 'cache clean',
  summary: 'Remove what the layer cache holds',
  arguments: [],
  options: z.object({
    cache: CachePlace,
    olderThan: z
      .string()
      .refine((text) => parseDuration(text) !== undefined, 'expected a duration such as 12h or 7d')
      .optional()
      .describe('only what no scan has used for this long')
      .meta({ placeholder: 'DURATION' }),
    format: z.enum(['text', 'json']).default('text').describe('how to print it'),
  }),
  examples: [
    { run: 'seawall cache clean', about: 'all of it' },
    { run: 'seawall cache clean --older-than 7d', about: 'what was not used for a week' },
  ],

  async run(_args, { cache, olderThan, format }, context) {
    const { locateCache } = await import('#scan/cache/location.ts')
    const { cleanCache } = await import('#scan/cache/usage.ts')
    const { path } = locateCache({ cache }, context)
    const ageMs = olderThan === undefined ? undefined : parseDuration(olderThan)
    const before = ageMs === undefined ? undefined : new Date(context.now().getTime() - ageMs)
    const { files, bytes } = await cleanCache(path, before)
    const text = `Removed ${counted(files, 'file')} (${formatBytes(bytes)}) from ${printable(path)}`
    context.terminal.out(`${format === 'json' ? JSON.stringify({ path, files, bytes }) : text}\n`)
    return 0
  },
})
