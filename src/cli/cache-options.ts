import { z } from 'zod'
import { parseBytes } from '#kit/text.ts'

/** `--cache-size` of every command that has one. */
export const CacheSize = z
  .string()
  .refine((text) => parseBytes(text) !== undefined, 'expected a size such as 500MB or 2GiB')
  .optional()
  .describe('how large the layer cache may grow')
  .meta({ placeholder: 'SIZE' })

/** `--cache` of every command that uses the layer cache. */
export const CachePlace = z
  .string()
  .min(1, 'expected the name of a directory')
  .optional()
  .describe('directory of the layer cache')
  .meta({ placeholder: 'DIR' })
