import { z } from 'zod'
import { parseDuration } from '#kit/text.ts'
import { CachePlace, CacheSize } from './cache-options.ts'

/** The longest that a timer can wait. */
const timeoutLimitMs = 2 ** 31 - 1

/** What every command takes that reads a target. */
export const targetArgument = {
  name: 'target',
  about: 'an image reference, an archive, an OCI layout, a directory or an SBOM file',
} as const

/** `--output` of every command that writes one result. */
export const OutputFile = z
  .string()
  .min(1, 'expected the name of a file')
  .optional()
  .describe('write the result to a file instead')
  .meta({ placeholder: 'FILE', short: 'o' })

/** How a target is found and read; the same for every command that reads one. */
export const TargetOptions = z.object({
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
  exclude: z
    .array(z.string().min(1, 'expected a glob').max(1024, 'expected a shorter glob'))
    .default([])
    .describe('leave out what matches in a directory; several, or separated by commas')
    .meta({ placeholder: 'GLOB' }),
  insecure: z.boolean().default(false).describe('allow plain HTTP to registries that are not on this machine'),
  ca: z
    .string()
    .min(1, 'expected the name of a file')
    .optional()
    .describe('trust the certificates of a PEM file, too')
    .meta({ placeholder: 'FILE' }),
  cache: CachePlace,
  noCache: z.boolean().default(false).describe('read every layer, and remember nothing of it'),
  cacheSize: CacheSize,
  timeout: z
    .string()
    .default('1h')
    .refine(isTimeout, 'expected a duration such as 90s, 5m or 1h30m, at most 24 days')
    .describe('give up after this long')
    .meta({ placeholder: 'DURATION' }),
})
export type TargetOptions = z.infer<typeof TargetOptions>

function isTimeout(text: string): boolean {
  const ms = parseDuration(text)
  return ms !== undefined && ms > 0 && ms <= timeoutLimitMs
}
