import { z } from 'zod'
import { counted, formatBytes, printable } from '#kit/text.ts'
import type { LocatedCache } from '#scan/cache/location.ts'
import type { CacheUsage } from '#scan/cache/usage.ts'
import { CachePlace, CacheSize } from '../cache-options.ts'
import { defineCommand } from '../command.ts'
import { columns } from '../terminal/columns.ts'

const origins = {
  option: 'named with --cache',
  environment: 'named in SEAWALL_CACHE',
  home: 'the usual place',
} as const

export default defineCommand({
  name: 'cache status',
  summary: 'Say where the layer cache is and what it holds',
  arguments: [],
  options: z.object({
    cache: CachePlace,
    cacheSize: CacheSize,
    format: z.enum(['text', 'json']).default('text').describe('how to print it'),
  }),
  examples: [
    { run: 'seawall cache status', about: 'the cache that a scan would use' },
    { run: 'seawall cache status --format json', about: 'for programs' },
  ],

  async run(_args, options, context) {
    const { locateCache } = await import('#scan/cache/location.ts')
    const { cacheUsage } = await import('#scan/cache/usage.ts')
    const located = locateCache(options, context)
    const usage = await cacheUsage(located.path)
    context.terminal.out(
      options.format === 'json'
        ? `${JSON.stringify({ ...located, ...usage }, undefined, 2)}\n`
        : asText(located, usage),
    )
    return 0
  },
})

function asText({ path, origin, limitBytes }: LocatedCache, usage: CacheUsage): string {
  const { layers, bytes, oldestUse, newestUse } = usage
  const lines = columns([
    ['Cache', `${printable(path)} (${origins[origin]})`],
    ['Holds', `${counted(layers, 'layer')} in ${formatBytes(bytes)}`],
    ['Limit', formatBytes(limitBytes)],
    ...(oldestUse === undefined || newestUse === undefined
      ? []
      : [['Last used', `between ${oldestUse.toISOString()} and ${newestUse.toISOString()}`]]),
  ])
  return `${lines.join('\n')}\n`
}
