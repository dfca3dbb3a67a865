import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '#kit/errors.ts'
import { readAll } from '#kit/limits.ts'
import { openRegular, readRange, systemProblem } from './file-range.ts'
import type { ImageLimits } from './limits.ts'
import type { StoredPieces } from './stored-target.ts'

/** The files of an OCI layout directory as pieces of an image. */
export function layoutDirectory(
  directory: string,
  { limits, signal }: { readonly limits: ImageLimits; readonly signal: AbortSignal },
): StoredPieces {
  async function* read(path: string, isTransient: boolean): AsyncGenerator<Uint8Array> {
    const { file, size } = await openRegular(join(directory, path))
    try {
      yield* readRange(file, { offset: 0, size }, { at: `${directory}: ${path}`, signal, isTransient })
    } finally {
      await file.close()
    }
  }
  return {
    at: directory,
    blob: (path) => read(path, true),
    size: (path) => fileSize(join(directory, path)),
    document: (path) => readAll(read(path, false), limits.documentBytes, `${directory}: ${path}`),
    async [Symbol.asyncDispose]() {},
  }
}

async function fileSize(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path)
    return stats.isFile() ? stats.size : undefined
  } catch (cause) {
    const problem = systemProblem(cause, path)
    if (problem instanceof Problem && problem.message === 'no such file') return undefined
    throw problem
  }
}

/** Whether a directory is an OCI layout; some writers leave the file that says so out. */
export async function isLayoutDirectory(directory: string): Promise<boolean> {
  const marks = await Promise.all([fileSize(join(directory, 'oci-layout')), fileSize(join(directory, 'index.json'))])
  return marks[0] !== undefined || (marks[1] !== undefined && existsSync(join(directory, 'blobs')))
}
