import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Problem } from '#kit/errors.ts'

export interface FileOutput {
  /** Writes everything, then puts the file in place: a reader sees the old file or the whole new one. */
  write(pieces: Iterable<string>): Promise<void>
}

/** Checks that the file can be written before any long work starts. Devices and pipes are written directly. */
export async function createFileOutput(path: string): Promise<FileOutput> {
  const existing = await stat(path).catch(() => undefined)
  if (existing?.isDirectory() === true) throw new Problem('usage', 'the output is a directory', { at: path })
  const isSpecial = existing !== undefined && !existing.isFile()
  const parent = await stat(dirname(path)).catch(() => undefined)
  if (parent?.isDirectory() !== true) {
    throw new Problem('usage', 'the directory of the output does not exist', { at: path, hint: 'Create it first.' })
  }
  const temporary = isSpecial ? path : join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
  return { write: (pieces) => writeAll(pieces, temporary, path) }
}

async function writeAll(pieces: Iterable<string>, temporary: string, path: string): Promise<void> {
  try {
    await using file = await open(temporary, temporary === path ? 'w' : 'wx')
    await file.writeFile(pieces)
  } catch (cause) {
    if (temporary !== path) await rm(temporary, { force: true })
    throw new Problem('usage', 'the output cannot be written', {
      at: path,
      cause,
      hint: 'Check space and permissions.',
    })
  }
  if (temporary !== path) await rename(temporary, path)
}
