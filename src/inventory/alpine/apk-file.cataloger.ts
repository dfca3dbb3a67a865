import { constants, gunzipSync, inflateRawSync } from 'node:zlib'
import type { Probe } from '#image/entry.ts'
import { Problem } from '#kit/errors.ts'
import { type CatalogContext, defineCataloger, type Found } from '../cataloger.ts'
import { Front } from '../front.ts'
import { textOfMember } from '../packed-text.ts'
import { itemsLimit } from '../providers.ts'
import { isWord, systemPackage } from '../system-package.ts'

/** A package that lies in the image as it was downloaded. What distribution it is for it does not say. */
export default defineCataloger({
  id: 'apk-file',
  version: 1,
  ecosystem: 'apk',
  proves: 'installed',
  title: '.apk files (Alpine)',
  spec: 'https://wiki.alpinelinux.org/wiki/Apk_spec',
  files: [],
  firstBytes: [0x1f, 0x41],
  probe: (head) => (isGzip(head) || isAdb(head) ? new ApkProbe() : undefined),
  finds: ['packages', 'sources', 'architectures', 'licences', 'dependencies'],

  async catalog(file, context) {
    const path = `/${file.path}`
    const bytes = await file.bytes()
    if (isAdb(bytes)) return [{ unknown: { path, reason: 'a package in the format of apk 3, which is not read' } }]
    const info = await textOfMember(() => gunzipSync(bytes, asFarAsItGoes), '.PKGINFO', context.signal)
    if (info === undefined) throw new Problem('malformed', 'the package does not begin with its description')
    return [readPackage(info, path, context)]
  },
})

/** Signature and description come first. At most a thousand times as much comes out of it. */
const keptBytes = 32 * 1024
const asFarAsItGoes = { finishFlush: constants.Z_SYNC_FLUSH }
/** Enough to see the name of the first member. */
const sniffedBytes = 4096

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8
}

/** What packages and indexes of apk 3 begin with. */
function isAdb(head: Uint8Array): boolean {
  const mark = Buffer.from(head.subarray(0, 4)).toString('latin1')
  return mark === 'ADB.' || mark === 'ADBd'
}

/** Most compressed files are something else, which their first bytes show. */
class ApkProbe implements Probe {
  readonly #front = new Front((bytes) => this.#need(bytes), keptBytes)
  #isApk: boolean | undefined

  write(chunk: Uint8Array): void {
    this.#front.write(chunk)
  }

  end(): Buffer | undefined {
    this.#isApk ??= beginsPackage(this.#front.bytes)
    return this.#isApk ? this.#front.bytes : undefined
  }

  #need(bytes: Buffer): number {
    if (bytes.length < sniffedBytes) return sniffedBytes
    this.#isApk ??= beginsPackage(bytes)
    return this.#isApk ? keptBytes : bytes.length
  }
}

function beginsPackage(bytes: Buffer): boolean {
  try {
    const head = bytes.subarray(0, sniffedBytes)
    if (isGzip(head)) return /^\.(?:SIGN\.|PKGINFO\0)/.test(gunzipSync(head, asFarAsItGoes).toString('latin1', 0, 100))
    const plain = head.toString('latin1', 3, 4) === 'd' ? inflateRawSync(head.subarray(4), asFarAsItGoes) : head
    return plain.toString('latin1', 0, 8) === 'ADB.pckg'
  } catch {
    // Damaged, or no such file at all: nothing tells that it is a package.
    return false
  }
}

function readPackage(info: string, path: string, context: CatalogContext): Found {
  const fields = fieldsOf(info)
  const first = (name: string): string => fields.get(name)?.[0] ?? ''
  const [name, version, origin, architecture] = [first('pkgname'), first('pkgver'), first('origin'), first('arch')]
  const isOfSystem = ['lib/apk/db', 'usr/lib/apk/db'].some((folder) => context.typeOf(folder) === 'directory')
  const found = systemPackage(
    {
      name,
      version,
      ecosystem: 'apk',
      source: { name: isWord(origin) ? origin : name, version },
      architecture: isWord(architecture) ? architecture : undefined,
      vendor: fields.get('maintainer')?.[0],
      licences: fields.get('license'),
      dependencies: dependenciesOf(fields.get('depend')),
    },
    { path, distribution: isOfSystem ? context.distribution : undefined },
  )
  if (found === undefined) return { unknown: { path, reason: 'the package has no proper name or version' } }
  return { package: found }
}

/** `name = value`, some of them more than once. */
function fieldsOf(info: string): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>()
  for (const line of info.split('\n', itemsLimit)) {
    const [, name, value] = /^([a-z_]{1,40}) = (.{1,4000})$/.exec(line) ?? []
    if (name === undefined || value === undefined) continue
    const values = fields.get(name)
    if (values === undefined) fields.set(name, [value])
    else values.push(value)
  }
  return fields
}

/** Without versions and without what must not be there. */
function dependenciesOf(values: readonly string[] | undefined): readonly string[] | undefined {
  const names = new Set(values?.flatMap((value) => /^[^!<>=~\s][^<>=~\s]{0,400}/.exec(value)?.[0] ?? []))
  return names.size === 0 ? undefined : [...names]
}
