import { createReadStream } from 'node:fs'
import { Problem } from '#kit/errors.ts'
import { readAll } from '#kit/limits.ts'

const limitBytes = 8 * 1024 ** 2

/** The text of a configuration or certificate file; undefined when there is none. Throws `usage` when it cannot be read. */
export async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    return (await readAll(createReadStream(path), limitBytes, path)).toString('utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Problem('usage', `${path} cannot be read (${code})`, { at: path, hint: 'Check the file.' })
  }
}
