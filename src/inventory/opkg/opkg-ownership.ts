import { baseOf, decodeName } from '#kit/path.ts'
import type { Ownership } from '../cataloger.ts'
import { linesOf } from '../text-lines.ts'

/** A list for each package; some versions write mode or target behind the path, after a tab. */
export const opkgOwnership: Ownership = {
  files: ['usr/lib/opkg/info/*.list', 'var/lib/opkg/info/*.list'],

  *owned({ path, content }, wanted) {
    const owner = { name: baseOf(path).slice(0, -'.list'.length) }
    for (const line of linesOf(decodeName(content))) {
      const [file = ''] = line.split('\t', 1)
      yield wanted(baseOf(file)) ? { path: file, owner } : undefined
    }
  },
}
