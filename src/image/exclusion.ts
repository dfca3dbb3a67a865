import picomatch from 'picomatch'
import { baseOf } from '#kit/path.ts'

/**
 * Tells what is left out by globs as users write them: with a slash over the path from the directory on, without one
 * over names at any depth. A folder that matches is left out with all that is in it.
 */
export function exclusionOf(globs: readonly string[]): (path: string) => boolean {
  const texts = globs.map((glob) => glob.replace(/^\.\//, '/').replace(/\/$/, ''))
  const matchesPath = matcher(texts.filter((text) => text.includes('/')))
  const matchesName = matcher(texts.filter((text) => !text.includes('/')))
  return (path) => matchesName(baseOf(path)) || matchesPath(path)
}

function matcher(globs: readonly string[]): (text: string) => boolean {
  if (globs.length === 0) return () => false
  const relative = globs.map((glob) => glob.replace(/^\//, ''))
  return picomatch(relative, { dot: true, flags: 's', nonegate: true })
}
