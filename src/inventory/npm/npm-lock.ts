import type { CatalogContext } from '../cataloger.ts'
import { isPackaging } from '../packaging-folders.ts'

/** Reading YAML takes a second for a few MiB and cannot be interrupted; the largest real lock files have 3. */
export const yamlLimitBytes = 8 * 1024 ** 2

/**
 * Whether what lies beside a lock file, or around it, is the truth instead: beside a node_modules folder the packages
 * in it, unless Plug'n'Play serves them from elsewhere.
 */
export function isOverruled(path: string, context: CatalogContext): boolean {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  if (isPackaging(folder)) return true
  return context.typeOf(`${folder}node_modules`) === 'directory' && context.typeOf(`${folder}.pnp.cjs`) !== 'file'
}
