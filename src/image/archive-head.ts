import { Problem } from '#kit/errors.ts'
import { blockSize, TarBlock } from '#kit/tar/tar-header.ts'
import type { TarHeader } from '#kit/tar/tar-parser.ts'

/** Bytes that show what something is. */
export const headBytes = blockSize

/** The first four bytes of gzip, of a zstd frame, and of the skippable frame that a zstd file may begin with. */
const compressed: readonly ((first: number) => boolean)[] = [
  (first) => first >>> 16 === 0x1f8b,
  (first) => first === 0x28b52ffd,
  (first) => (first & 0xf0ffffff) >>> 0 === 0x502a4d18,
]

/** What a file or an archive member is by its first 512 bytes. A tar without members begins with zeros. */
export function archiveKind(head: Buffer): 'compressed' | 'tar' | undefined {
  if (head.length >= 4 && compressed.some((matches) => matches(head.readUInt32BE(0)))) return 'compressed'
  if (head.length < headBytes) return undefined
  const block = new TarBlock()
  block.bytes.set(head.subarray(0, headBytes))
  return block.isZero() || block.hasValidChecksum() ? 'tar' : undefined
}

/** Refuses a member of an image archive that a container engine would take for another. */
export function checkMember({ path, isAmbiguous }: TarHeader, at: string): void {
  if (isAmbiguous) throw new Problem('malformed', `the tar headers of ${path} can be read in two ways`, { at })
}

/** A tar reader knows the byte only; here the archive is put in front of it. */
export function inArchive(error: unknown, at: string): unknown {
  if (!(error instanceof Problem) || error.at?.startsWith('byte ') !== true) return error
  const { code, message, hint, cause } = error
  return new Problem(code, message, { at: `${at}, ${error.at}`, hint, cause })
}
