import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Problem } from '#kit/errors.ts'

/** Reads a regular file of at most `limitBytes`. Throws `limit_exceeded`, `malformed`, or what the system says. */
export function readFileWithin(path: string, limitBytes: number): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw new Problem('malformed', 'this is not a regular file', { at: path })
    if (stat.size > limitBytes) throw new Problem('limit_exceeded', `more than ${limitBytes} bytes`, { at: path })
    const bytes = Buffer.alloc(stat.size)
    let filled = 0
    while (filled < bytes.length) {
      const count = readSync(descriptor, bytes, filled, bytes.length - filled, filled)
      if (count === 0) break
      filled += count
    }
    return bytes.subarray(0, filled)
  } finally {
    closeSync(descriptor)
  }
}

/** `undefined` where there is no such file. */
export function readFileIfPresent(path: string, limitBytes: number): Buffer | undefined {
  try {
    return readFileWithin(path, limitBytes)
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
