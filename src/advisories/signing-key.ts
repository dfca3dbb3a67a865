import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { link, mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '#kit/context.ts'
import { Problem } from '#kit/errors.ts'
import { readFileIfPresent } from './bounded-file.ts'
import { parseSigningKey } from './signature.ts'

const keyLimitBytes = 64 * 1024

/** The key to sign with: the file that was named, else this installation's own, made on first use. Throws `usage`. */
export async function signingKey(file: string | undefined, { env }: Pick<Context, 'env'>): Promise<KeyObject> {
  if (file !== undefined) {
    const pem = readKey(file)
    if (pem === undefined) throw new Problem('usage', 'there is no such key file', { at: file })
    return parseSigningKey(pem, file)
  }
  const dir = join(configHome(env), 'seawall')
  const path = join(dir, 'database-key.pem')
  const pem = readKey(path) ?? (await makeKey(dir, path))
  return parseSigningKey(pem, path)
}

/** Of two programs that make the key at once, both use the one that was there first. */
async function makeKey(dir: string, path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const temporary = `${path}.${randomUUID()}`
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await writeFile(temporary, pem, { mode: 0o600, flag: 'wx', flush: true })
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } catch (cause) {
    throw new Problem('usage', 'the signing key of this installation cannot be written', {
      at: path,
      cause,
      hint: 'Name a key with --key, or set XDG_CONFIG_HOME to a directory that can be written.',
    })
  } finally {
    await rm(temporary, { force: true })
  }
  return readKey(path) ?? pem
}

function readKey(path: string): string | undefined {
  try {
    return readFileIfPresent(path, keyLimitBytes)?.toString()
  } catch (cause) {
    throw new Problem('usage', 'the key file cannot be read', { at: path, cause })
  }
}

function configHome(env: Context['env']): string {
  const home = env['XDG_CONFIG_HOME']
  return home === undefined || home === '' ? join(env['HOME'] ?? homedir(), '.config') : home
}
