import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Problem, type ProblemCode } from '#kit/errors.ts'

const chunkBytes = 1024 * 1024

/** Opens a regular file for reading; a FIFO or a device behind the path is refused without waiting for it. */
export async function openRegular(path: string): Promise<{ readonly file: FileHandle; readonly size: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw systemProblem(cause, path)
  })
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw new Problem('usage', 'this is not a regular file', { at: path })
    return { file, size: stats.size }
  } catch (error) {
    await file.close()
    throw error
  }
}

export interface Range {
  readonly offset: number
  readonly size: number
}

interface RangeOptions {
  readonly at: string
  readonly signal: AbortSignal
  /** Every chunk comes in the memory of the one before: it is gone once the next is asked for. */
  readonly isTransient?: boolean
}

/** The bytes of a range, in chunks. Throws `malformed` when the file ends before it. */
export async function* readRange(
  file: FileHandle,
  { offset, size }: Range,
  { at, signal, isTransient = false }: RangeOptions,
): AsyncGenerator<Buffer> {
  let position = offset
  const end = offset + size
  const shared = isTransient ? Buffer.allocUnsafeSlow(Math.min(chunkBytes, size)) : undefined
  while (position < end) {
    signal.throwIfAborted()
    const length = Math.min(chunkBytes, end - position)
    const { bytesRead, buffer } = await file.read(shared ?? Buffer.allocUnsafe(length), 0, length, position)
    if (bytesRead === 0) throw endsEarly(position, at)
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

export function endsEarly(position: number, at: string): Problem {
  return new Problem('malformed', `the file ends at byte ${position}, in the middle of something`, { at })
}

const refusals: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  ENOENT: ['target_unreachable', 'no such file'],
  ENOTDIR: ['target_unreachable', 'no such file'],
  ENAMETOOLONG: ['target_unreachable', 'no such file'],
  ELOOP: ['target_unreachable', 'its symbolic links lead round in a circle'],
  EACCES: ['not_authorised', 'permission denied'],
  EPERM: ['not_authorised', 'permission denied'],
  ENXIO: ['usage', 'this is not a regular file'],
}

/** What the system says when a path cannot be opened; anything that is not its doing stays as it is. */
export function systemProblem(cause: unknown, at: string): unknown {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  if (code === undefined || cause instanceof Problem) return cause
  const [problem, message] = refusals[code] ?? ['target_unreachable', `it could not be read (${code})`]
  return new Problem(problem, message, { at, cause })
}
