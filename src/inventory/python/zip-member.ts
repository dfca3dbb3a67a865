import { Problem } from '#kit/errors.ts'
import { readEntry, viewOf, zipEntries } from '#kit/zip.ts'

const zipLimits = { entries: 100_000, directoryBytes: 32 * 1024 ** 2 }
const memberLimitBytes = 4 * 1024 ** 2

/** Content of the first member of a zip whose name fits. Nothing is unpacked but that. Throws `malformed` without one. */
export function readMember(zip: Buffer, name: RegExp): Buffer {
  const view = viewOf(zip)
  for (const entry of zipEntries(view, zipLimits)) {
    if (name.test(entry.name)) return readEntry(view, entry, memberLimitBytes)
  }
  throw new Problem('malformed', 'there is no description of a package in it')
}
