import { Problem } from '#kit/errors.ts'
import { readFileWithin } from './bounded-file.ts'
import { keyIdOf, parsePublicKey } from './signature.ts'

/** Whose signature counts. An empty set of keys means: anyone's, as long as it is one of these bytes. */
export interface Trust {
  readonly keyIds: ReadonlySet<string>
}

const keyFileLimitBytes = 64 * 1024

/** Reads `SEAWALL_TRUSTED_KEYS`: a comma list of key ids or PEM files. Throws `usage`. */
export function trustOf(env: Readonly<Record<string, string | undefined>>): Trust {
  const entries = (env['SEAWALL_TRUSTED_KEYS'] ?? '').split(',').map((entry) => entry.trim())
  return { keyIds: new Set(entries.filter((entry) => entry !== '').map(keyIdIn)) }
}

function keyIdIn(entry: string): string {
  if (/^[0-9a-f]{32}$/.test(entry)) return entry
  let pem: string
  try {
    pem = readFileWithin(entry, keyFileLimitBytes).toString()
  } catch (cause) {
    throw new Problem('usage', 'a trusted key is neither a key id nor a readable PEM file', {
      at: entry,
      cause,
      hint: 'SEAWALL_TRUSTED_KEYS takes 32 hexadecimal digits or a path, separated by commas.',
    })
  }
  return keyIdOf(parsePublicKey(pem, entry))
}
