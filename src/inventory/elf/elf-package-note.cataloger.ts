import { z } from 'zod'
import type { Probe } from '#image/entry.ts'
import { parseJson } from '#kit/json.ts'
import { type Ecosystem, ecosystemFacts } from '#model/ecosystem.ts'
import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import { type CatalogContext, defineCataloger, type Found } from '../cataloger.ts'
import { Front } from '../front.ts'
import { isWord } from '../system-package.ts'
import { elfHeadBytes, isElf, readElf } from './elf.ts'

/**
 * Distributions note in their programs which package they are of. Where the database of such packages is there, it tells
 * more; the notes tell of programs that were copied out of their distribution. The name is that of the source package.
 */
export default defineCataloger({
  id: 'elf-package-note',
  version: 1,
  ecosystem: 'several',
  proves: 'installed',
  title: 'package notes in ELF programs and libraries',
  spec: 'https://uapi-group.org/specifications/specs/package_metadata_for_executable_files/',
  files: [],
  firstBytes: [0x7f],
  probe: (head) => (isElf(head) ? new NoteProbe() : undefined),
  finds: ['packages', 'sources', 'architectures'],

  async catalog(file, context) {
    const path = `/${file.path}`
    const found = readNote(parseJson(Note, await file.text(), path), path, context)
    return found === undefined ? [] : [found]
  },
})

const noteOwner = 'FDO'
const noteType = 0xca_fe_1a_7e

class NoteProbe implements Probe {
  readonly #front = new Front(() => elfHeadBytes, elfHeadBytes)

  write(chunk: Uint8Array): void {
    this.#front.write(chunk)
  }

  /** The text of the note. */
  end(): Buffer | undefined {
    const notes = readElf(this.#front.bytes)?.notes
    const content = notes?.find(({ owner, type }) => owner === noteOwner && type === noteType)?.content
    const end = content?.indexOf(0) ?? -1
    return end === -1 ? content : content?.subarray(0, end)
  }
}

const text = z.string().optional()
const Note = z.object({
  type: z.string(),
  name: text,
  version: text,
  architecture: text,
  os: text,
  osVersion: text,
  osCpe: text,
})
type Note = z.infer<typeof Note>

interface Kind {
  readonly ecosystem: Ecosystem
  /** What there is where packages of this kind are installed. */
  readonly databases: readonly string[]
}

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['rpm', { ecosystem: 'rpm', databases: ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'var/lib/rpmmanifest'] }],
  ['deb', { ecosystem: 'deb', databases: ['var/lib/dpkg'] }],
  ['apk', { ecosystem: 'apk', databases: ['lib/apk/db', 'usr/lib/apk/db'] }],
  ['alpm', { ecosystem: 'alpm', databases: ['var/lib/pacman'] }],
  ['pacman', { ecosystem: 'alpm', databases: ['var/lib/pacman'] }],
])
const otherKind: Kind = { ecosystem: 'generic', databases: [] }

function readNote(note: Note, path: string, context: CatalogContext): Found | undefined {
  const { name = '', version = '' } = note
  const { ecosystem, databases } = kinds.get(note.type) ?? otherKind
  const release = releaseOf(note)
  const { distribution } = context
  const isForeign = release !== undefined && distribution !== undefined && release.id !== distribution.id
  if (!isWord(name) || !isWord(version)) {
    return { unknown: { path, reason: 'its package note has no proper name and version' } }
  }
  if (isForeign) {
    const reason = `it is of ${name} ${version} of ${release.id}, by whose advisories this image is not judged`
    return { unknown: { path, reason } }
  }
  if (databases.some((folder) => context.typeOf(folder) === 'directory')) return undefined
  const own = distribution && { id: distribution.id, version: distribution.versionId }
  const told = release && { ...release, version: release.version ?? own?.version }
  return { package: packageOf({ ecosystem, name, version, note }, told ?? own, path) }
}

interface Release {
  readonly id: string
  readonly version: string | undefined
}

/** `cpe:/o:fedoraproject:fedora:40` or the same as `cpe:2.3:o:…`, or two fields of their own. */
function releaseOf({ os, osVersion, osCpe = '' }: Note): Release | undefined {
  if (os !== undefined && isIdentifier(os)) return { id: os, version: osVersion }
  const [, product = '', version] = /^cpe:(?:\/o|2\.3:o):[^:]{1,100}:([^:]{1,100})(?::([^:*]{1,40}))?/.exec(osCpe) ?? []
  const id = products.get(product) ?? product
  return isIdentifier(id) ? { id, version } : undefined
}

/** As `ID` of os-release has it, where that differs. */
const products: ReadonlyMap<string, string> = new Map([
  ['enterprise_linux', 'rhel'],
  ['debian_linux', 'debian'],
  ['ubuntu_linux', 'ubuntu'],
  ['alpine_linux', 'alpine'],
  ['arch_linux', 'arch'],
])

function isIdentifier(id: string): boolean {
  return /^[a-z0-9._-]{1,64}$/.test(id)
}

interface Named {
  readonly ecosystem: Ecosystem
  readonly name: string
  readonly version: string
  readonly note: Note
}

function packageOf({ ecosystem, name, version, note }: Named, release: Release | undefined, path: string): Package {
  const architecture = isWord(note.architecture ?? '') ? note.architecture : undefined
  const [, epoch, rest = version] = (ecosystem === 'rpm' ? /^(\d{1,10}):(.{1,400})$/.exec(version) : undefined) ?? []
  const distro = release && [release.id, release.version].filter((one) => one !== undefined).join('-')
  const namespace = release?.id ?? (ecosystem === 'alpm' ? 'arch' : undefined)
  return {
    purl: formatPurl({
      type: ecosystemFacts(ecosystem).purlType,
      namespace: ecosystem === 'generic' ? undefined : namespace,
      name,
      version: rest,
      qualifiers: { arch: architecture, distro, epoch: epoch === '0' ? undefined : epoch },
    }),
    name,
    version: epoch === '0' ? rest : version,
    ecosystem,
    source: { name, version: epoch === '0' ? rest : version },
    architecture,
    locations: [path],
  }
}
