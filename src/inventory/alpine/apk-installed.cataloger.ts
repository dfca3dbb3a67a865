import type { Package } from '#model/package.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { isWord, type Origin, systemPackage } from '../system-package.ts'

/** The database lists only what is installed; every package of one origin shares its version. */
export default defineCataloger({
  id: 'apk-installed',
  version: 1,
  ecosystem: 'apk',
  proves: 'installed',
  title: 'Alpine package database (apk)',
  spec: 'https://wiki.alpinelinux.org/wiki/Apk_spec',
  files: ['lib/apk/db/installed', 'usr/lib/apk/db/installed'],
  finds: ['packages', 'sources', 'architectures'],

  async catalog(file, { distribution }) {
    return catalogText(await file.text(), { path: `/${file.path}`, distribution })
  },
})

type Fields = Readonly<Partial<Record<string, string>>>

function* catalogText(text: string, origin: Origin): Steps {
  let incomplete = 0
  for (const fields of entriesOf(text)) {
    const found = fields === undefined ? undefined : readPackage(fields, origin)
    if (found !== undefined) yield { package: found }
    else if (fields === undefined) yield undefined
    else incomplete += 1
  }
  if (incomplete > 0) {
    yield { unknown: { path: origin.path, reason: `entries without a proper name or version: ${incomplete}` } }
  }
}

/** Fields are one letter, a colon and a value; the case of the letter matters. Names of files (`F:`, `R:`) are not kept. */
const keptFields: ReadonlySet<string> = new Set(['P', 'V', 'A', 'o', 'm'])
/** Lines after which somebody else gets a turn. */
const linesPerTurn = 100_000

/** Yields `undefined` now and then where much is passed over. */
function* entriesOf(text: string): Generator<Fields | undefined> {
  let fields: Record<string, string> | undefined
  let lines = 0
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    const letter = text.charAt(start)
    if (text.charAt(start + 1) === ':' && start + 1 < end) {
      fields ??= {}
      if (keptFields.has(letter)) fields[letter] ??= text.slice(start + 2, end).trimEnd()
    } else if (start === end || text.slice(start, end).trim() === '') {
      if (fields !== undefined) yield fields
      fields = undefined
    } else fields ??= {}
    start = end + 1
    lines += 1
    if (lines % linesPerTurn === 0) yield undefined
  }
  if (fields !== undefined) yield fields
}

function readPackage(fields: Fields, origin: Origin): Package | undefined {
  const { P: name = '', V: version = '', A: architecture = '', o: sourceName = '', m: vendor } = fields
  return systemPackage(
    {
      name,
      version,
      ecosystem: 'apk',
      source: { name: isWord(sourceName) ? sourceName : name, version },
      architecture: isWord(architecture) ? architecture : undefined,
      vendor,
    },
    origin,
  )
}
