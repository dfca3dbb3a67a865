import { fstatSync, writeSync } from 'node:fs'
import { Problem } from '#kit/errors.ts'

const descriptor = 1

/**
 * Writes to standard output. Where that is a file or a device, everything is written when it returns, or it throws:
 * Node's own stream takes a short write to a disk that has just become full for a whole one.
 */
export function standardOutput(): (text: string) => void {
  if (!isWrittenHere()) return (text) => void process.stdout.write(text)
  return (text) => {
    try {
      const bytes = Buffer.from(text)
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
    } catch (cause) {
      throw unwritable(cause)
    }
  }
}

/** What is wrong when standard output takes no more, or never did. */
export function unwritable(cause: unknown): Problem {
  const why = Error.isError(cause) ? cause.message : 'it cannot be written'
  return new Problem('usage', `standard output takes no more: ${why}`, {
    cause,
    hint: 'What was written is not whole. Check the space that is left, or write to a file with --output.',
  })
}

function isWrittenHere(): boolean {
  if (process.stdout.isTTY) return false
  const stats = fstatSync(descriptor)
  return stats.isFile() || stats.isCharacterDevice()
}
