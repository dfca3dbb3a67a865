import { baseOf, decodeName, parentOf } from '#kit/path.ts'
import type { Ownership } from '../cataloger.ts'
import { linesOf } from '../text-lines.ts'

/** `obj /usr/bin/x 0123456789abcdef0123456789abcdef 1700000000`: a file, its checksum and when it was changed. */
export const portageOwnership: Ownership = {
  files: ['var/db/pkg/*/*/CONTENTS'],

  *owned({ path, content }, wanted) {
    const owner = { location: `/${parentOf(path)}/PF` }
    for (const line of linesOf(decodeName(content))) {
      const [, file = '', md5 = ''] = /^obj (\/.{1,4096}) ([0-9a-f]{32}) \d{1,20}$/.exec(line) ?? []
      yield wanted(baseOf(file)) ? { path: file, owner, digest: `md5:${md5}` } : undefined
    }
  },
}
