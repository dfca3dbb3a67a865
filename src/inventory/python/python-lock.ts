import type { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseToml } from '#kit/toml.ts'
import type { CatalogContext } from '../cataloger.ts'
import { isPackaging } from '../packaging-folders.ts'

const environments = ['.venv', 'venv', '__pypackages__']

/** Whether an environment beside a lock file or manifest is the truth instead, or it belongs to somebody's packaging. */
export function isOverruled(path: string, context: CatalogContext): boolean {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  return isPackaging(folder) || environments.some((name) => context.typeOf(`${folder}${name}`) === 'directory')
}

/** Reading TOML takes a second for a few MiB and cannot be interrupted. */
const tomlLimitBytes = 8 * 1024 ** 2

export function readTomlLock<Schema extends z.ZodType>(schema: Schema, text: string, at: string): z.infer<Schema> {
  if (text.length > tomlLimitBytes) {
    throw new Problem('limit_exceeded', `a lock file of more than ${tomlLimitBytes} bytes`, { at })
  }
  return parseToml(schema, text, at)
}
