import type { Package, PackageHash } from '#model/package.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { heldLimit, itemsLimit, type Needs, Providers } from '../providers.ts'
import { isWord, type Origin, systemPackage } from '../system-package.ts'
import { apkOwnership } from './apk-ownership.ts'

/** The database lists only what is installed; every package of one origin shares its version. */
export default defineCataloger({
  id: 'apk-installed',
  version: 2,
  ecosystem: 'apk',
  proves: 'installed',
  title: 'Alpine package database (apk)',
  spec: 'https://wiki.alpinelinux.org/wiki/Apk_spec',
  files: ['lib/apk/db/installed', 'usr/lib/apk/db/installed'],
  finds: ['packages', 'sources', 'architectures', 'licences', 'hashes', 'dependencies'],
  ownership: apkOwnership,

  async catalog(file, { distribution }) {
    return catalogText(await file.text(), { path: `/${file.path}`, distribution })
  },
})

type Fields = Readonly<Partial<Record<string, string>>>

function* catalogText(text: string, origin: Origin): Steps {
  let incomplete = 0
  const held: { readonly found: Package; readonly needs: Needs }[] = []
  const providers = new Providers()
  for (const fields of entriesOf(text)) {
    const found = fields === undefined ? undefined : readPackage(fields, origin)
    if (found !== undefined) {
      providers.add(found.name, capabilitiesOf(fields?.['p']))
      held.push({ found, needs: capabilitiesOf(fields?.['D']).map((need) => [need]) })
    } else if (fields !== undefined) incomplete += 1
    yield undefined
    if (held.length === heldLimit) break
  }
  for (const { found, needs } of held) {
    yield { package: { ...found, dependencies: providers.resolve(found.name, needs) } }
  }
  if (incomplete > 0) {
    yield { unknown: { path: origin.path, reason: `entries without a proper name or version: ${incomplete}` } }
  }
}

/** Fields are one letter, a colon and a value; the case of the letter matters. Names of files (`F:`, `R:`) are not kept. */
const keptFields: ReadonlySet<string> = new Set(['P', 'V', 'A', 'o', 'm', 'L', 'C', 'D', 'p'])
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

/** `so:libc.musl-x86_64.so.1 busybox>=1.36 !uclibc` without versions and without what must not be there. */
function capabilitiesOf(field: string | undefined): readonly string[] {
  return (field ?? '').split(' ', itemsLimit).flatMap((one) => /^[^!<>=~\s][^<>=~\s]{0,400}/.exec(one)?.[0] ?? [])
}

/** Of the part of the package that describes it, as apk identifies packages: `Q1` and SHA-1, `Q2` and SHA-256. */
function hashesOf(field: string | undefined): readonly PackageHash[] | undefined {
  const [, kind, text = ''] = /^Q([12])([A-Za-z0-9+/]{1,60}={0,2})$/.exec(field ?? '') ?? []
  const algorithm = kind === '1' ? 'sha1' : 'sha256'
  const digest = Buffer.from(text, 'base64')
  const isWhole = kind !== undefined && digest.length === (kind === '1' ? 20 : 32)
  return isWhole ? [{ algorithm, value: digest.toString('hex') }] : undefined
}

function readPackage(fields: Fields, origin: Origin): Package | undefined {
  const { P: name = '', V: version = '', A: architecture = '', o: sourceName = '', m: vendor, L: license } = fields
  return systemPackage(
    {
      name,
      version,
      ecosystem: 'apk',
      source: { name: isWord(sourceName) ? sourceName : name, version },
      architecture: isWord(architecture) ? architecture : undefined,
      vendor,
      licences: license === undefined || license === '' ? undefined : [license],
      hashes: hashesOf(fields['C']),
    },
    origin,
  )
}
