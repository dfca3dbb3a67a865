import { Problem } from '#kit/errors.ts'
import { readAll } from '#kit/limits.ts'
import { readTar } from '#kit/tar/tar.ts'

/** Longest description of a package that is read. */
const memberLimitBytes = 1024 ** 2

/**
 * The text of a file in an archive that `decompress` makes, which must not be without a limit; `undefined` when it is
 * not there. What comes after it is not looked at. Throws `malformed` for damage before that.
 */
export async function textOfMember(
  decompress: () => Buffer,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  for await (const { header, content } of readTar([decompressed(decompress)], { signal })) {
    if (header.path !== name || header.type !== 'file') continue
    return (await readAll(content, memberLimitBytes)).toString('utf8')
  }
  return undefined
}

function decompressed(decompress: () => Buffer): Buffer {
  try {
    return decompress()
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('malformed', 'its description cannot be decompressed, or is too long', { cause })
  }
}
