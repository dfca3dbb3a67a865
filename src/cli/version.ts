import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '#package.json' with { type: 'json' }

/** Version of the program, as in package.json. */
export const programVersion: string = manifest.version

/**
 * Tells this program from one that may find something else in the same image: its version, and in a checkout, where
 * that stays the same while files change, when one of them last did.
 */
export function programBuild(): string {
  const isCheckout = import.meta.filename.endsWith('.ts')
  return isCheckout ? `${programVersion} of ${newestChange(join(import.meta.dirname, '..'))}` : programVersion
}

/** Milliseconds since 1970. */
function newestChange(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'fixtures' ? 0 : newestChange(path)
    return entry.name.endsWith('.ts') ? statSync(path).mtimeMs : 0
  })
  return Math.max(0, ...times)
}
