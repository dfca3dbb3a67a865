import type { Distribution } from '#model/distribution.ts'
import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { distroQualifier } from '../distribution.ts'
import { upstreamQualifier } from '../upstream.ts'

/** The database lists only what is installed; every package of one origin shares its version. */
export default defineCataloger({
  id: 'apk-installed',
  version: 1,
  ecosystem: 'apk',
  title: 'Alpine package database (apk)',
  spec: 'https://wiki.alpinelinux.org/wiki/Apk_spec',
  files: ['lib/apk/db/installed', 'usr/lib/apk/db/installed'],
  finds: ['packages', 'sources', 'architectures'],

  async catalog(file, { distribution }) {
    return catalogText(await file.text(), `/${file.path}`, distribution)
  },
})

type Fields = Readonly<Record<string, string>>

function* catalogText(text: string, location: string, distribution: Distribution | undefined): Generator<Found> {
  let incomplete = 0
  for (const fields of entriesOf(text)) {
    const found = readPackage(fields, location, distribution)
    if (found === undefined) incomplete += 1
    else yield { package: found }
  }
  if (incomplete > 0) {
    yield { unknown: { path: location, reason: `entries without a proper name or version: ${incomplete}` } }
  }
}

/** Fields are one letter, a colon and a value; the case of the letter matters. Names of files (`F:`, `R:`) are not kept. */
const keptFields: ReadonlySet<string> = new Set(['P', 'V', 'A', 'o', 'm'])

function* entriesOf(text: string): Generator<Fields> {
  let fields: Record<string, string> = {}
  let isEmpty = true
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    const line = text.slice(start, end).trimEnd()
    start = end + 1
    if (line === '') {
      if (!isEmpty) yield fields
      fields = {}
      isEmpty = true
    } else {
      isEmpty = false
      const letter = line.charAt(0)
      if (line.charAt(1) === ':' && keptFields.has(letter)) fields[letter] ??= line.slice(2)
    }
  }
  if (!isEmpty) yield fields
}

function readPackage(fields: Fields, location: string, distribution: Distribution | undefined): Package | undefined {
  const [name, version, architecture, origin] = ['P', 'V', 'A', 'o'].map((letter) => wordOf(fields[letter]))
  if (name === undefined || version === undefined) return undefined
  const source = { name: origin ?? name, version }
  return {
    purl: formatPurl({
      type: 'apk',
      namespace: distribution?.id,
      name,
      version,
      qualifiers: {
        arch: architecture,
        distro: distroQualifier(distribution),
        upstream: upstreamQualifier(source, name, version),
      },
    }),
    name,
    version,
    ecosystem: 'apk',
    source,
    architecture,
    vendor: fields['m'],
    locations: [location],
  }
}

function wordOf(text: string | undefined): string | undefined {
  return /^[!-~]{1,400}$/.exec(text ?? '')?.[0]
}
