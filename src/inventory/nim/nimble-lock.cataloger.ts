import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { Members, optionalText, texts } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { nimPackage } from './nim-package.ts'

const Lock = z.object({ packages: Members })
const Checksums = z.object({ sha1: optionalText }).optional().catch(undefined)
const Entry = z.object({ version: optionalText, dependencies: texts, checksums: Checksums })

/** What only tasks need is left out; a version such as `#head` names a commit and none. */
export default defineCataloger({
  id: 'nimble-lock',
  version: 1,
  ecosystem: 'nim',
  proves: 'locked',
  title: 'Nimble lock file (nimble.lock)',
  spec: 'https://nim-lang.github.io/nimble/folder-structure.html#lock-files',
  files: ['**/nimble.lock'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file) {
    if (isPackaging(file.path)) return []
    const location = `/${file.path}`
    const { packages } = parseJson(Lock, await file.text(), location)
    return withCounts(outcomesOf(packages, location), location)
  },
})

function* outcomesOf(packages: Readonly<Record<string, unknown>>, location: string): Generator<Outcome> {
  for (const name of Object.keys(packages)) {
    const entry = Entry.safeParse(packages[name]).data
    const version = entry?.version ?? ''
    if (entry === undefined) yield 'unreadable'
    else if (!/^\d/.test(version)) yield 'no-version'
    else {
      const { dependencies, checksums } = entry
      yield nimPackage({ name, version, dependencies, sha1: checksums?.sha1 }, location) ?? 'unreadable'
    }
  }
}
