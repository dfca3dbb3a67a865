import { randomUUID } from 'node:crypto'
import { access, constants, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Problem } from '#kit/errors.ts'
import type { Terminal } from '../command.ts'

/** Where the result of a command goes. */
export interface Output {
  write(pieces: Iterable<string>): Promise<void>
  readonly color: boolean
}

const standardOutputNames: ReadonlySet<string> = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])

/** Checks that the output can be written, before any long work starts. Standard output unless a file is named. */
export async function openOutput(path: string | undefined, terminal: Terminal): Promise<Output> {
  if (path === undefined || standardOutputNames.has(path)) {
    return {
      color: terminal.color,
      async write(pieces) {
        for (const piece of pieces) terminal.out(piece)
      },
    }
  }
  const place = await placeOf(path)
  return { color: false, write: (pieces) => (place.isFile ? replaceFile(place, pieces) : appendTo(path, pieces)) }
}

interface Place {
  /** What the user calls it. */
  readonly path: string
  /** Where it really is: a link to it stays one. */
  readonly real: string
  /** False for devices, pipes and open descriptors: these cannot be replaced. */
  readonly isFile: boolean
  /** Permissions of the file that is replaced. */
  readonly mode: number | undefined
}

async function placeOf(path: string): Promise<Place> {
  const existing = await stat(path).catch(() => undefined)
  if (existing?.isDirectory() === true || path.endsWith('/')) {
    throw new Problem('usage', 'the output is a directory', { at: path, hint: 'Name a file in it.' })
  }
  const parent = await stat(dirname(path)).catch(() => undefined)
  if (parent?.isDirectory() !== true) {
    throw new Problem('usage', 'the directory of the output does not exist', { at: path, hint: 'Create it first.' })
  }
  const isFile = (existing === undefined || existing.isFile()) && !/^\/(?:dev|proc)\//.test(path)
  const real = existing === undefined ? path : await realpath(path)
  try {
    if (existing !== undefined) await access(real, constants.W_OK)
    if (isFile) await access(dirname(real), constants.W_OK)
  } catch (cause) {
    throw unwritable(path, cause)
  }
  return { path, real, isFile, mode: existing?.mode }
}

/** A reader sees the old file or the whole new one. */
async function replaceFile({ path, real, mode = 0o666 }: Place, pieces: Iterable<string>): Promise<void> {
  const temporary = join(dirname(real), `.${basename(real).slice(0, 200)}.${randomUUID()}.tmp`)
  try {
    await using file = await open(temporary, 'wx', mode & 0o777)
    await file.writeFile(pieces)
    await file.sync()
    await rename(temporary, real)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw unwritable(path, cause)
  }
}

async function appendTo(path: string, pieces: Iterable<string>): Promise<void> {
  try {
    await using file = await open(path, 'a')
    await file.writeFile(pieces)
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

function unwritable(path: string, cause: unknown): Problem {
  const why = Error.isError(cause) ? cause.message.replace(/, [a-z]+(?: '.*)?$/s, '') : 'it is refused'
  return new Problem('usage', `the output cannot be written: ${why}`, {
    at: path,
    cause,
    hint: 'Check the space that is left and the permissions.',
  })
}
