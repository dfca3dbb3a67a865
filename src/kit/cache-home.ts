import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Context } from './context.ts'

/** Where everything lies that may be deleted at any time. */
export function cacheHome(env: Context['env']): string {
  const named = env['XDG_CACHE_HOME']
  return named === undefined || named === '' ? join(env['HOME'] ?? homedir(), '.cache') : named
}
