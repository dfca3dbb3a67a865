import { Problem } from '#kit/errors.ts'
import type { OwnedFile, Ownership } from '../cataloger.ts'
import { type FileList, readFileList } from './rpm-files.ts'
import { type RpmHeader, readHeader } from './rpm-header.ts'
import { withEpoch } from './rpm-package.ts'
import { attempt, type StoredHeaders } from './stored-header.ts'

/** The database has the files of each package in its header. Damage is told where the packages are read. */
export function rpmOwnership(files: readonly string[], storedHeaders: (bytes: Buffer) => StoredHeaders): Ownership {
  return {
    files,
    *owned({ content }, wanted) {
      const headers = storedHeaders(content)
      for (;;) {
        const next = attempt(() => headers.next())
        if (next instanceof Problem || next.done === true) return
        const { value: record } = next
        if (record === undefined || record instanceof Problem) yield undefined
        else {
          const read = attempt(() => ({ header: readHeader(record.blob), list: readFileList(record.blob) }))
          if (!(read instanceof Problem)) yield* filesOf(read, wanted)
        }
      }
    },
  }
}

function* filesOf(
  { header, list }: { readonly header: RpmHeader; readonly list: FileList },
  wanted: (baseName: string) => boolean,
): Generator<OwnedFile> {
  const { name, version, release, architecture } = header
  const owner = { name, version: withEpoch(header, `${version}-${release}`), architecture }
  for (const [index, baseName] of list.baseNames.entries()) {
    if (wanted(baseName) && list.isInstalled(index)) yield { ...list.at(index), owner }
  }
}
