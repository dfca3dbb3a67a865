import type { Package } from '#model/package.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { type Stanza, stanzasOf } from '../debian/deb822.ts'
import { needsOf } from '../debian/relations.ts'
import { isWord, type Origin, systemPackage } from '../system-package.ts'
import { opkgOwnership } from './opkg-ownership.ts'

const folders = ['usr/lib/opkg', 'var/lib/opkg']

/** Written as dpkg writes its own; a package that is not wholly installed may have some of its files. */
export default defineCataloger({
  id: 'opkg-status',
  version: 1,
  ecosystem: 'opkg',
  proves: 'installed',
  title: 'opkg package database (OpenWrt, Yocto)',
  spec: 'https://git.yoctoproject.org/opkg/tree/README',
  files: folders.flatMap((folder) => [`${folder}/status`, `${folder}/status.d/*`]),
  finds: ['packages', 'architectures', 'dependencies', 'licences'],
  ownership: opkgOwnership,

  async catalog(file, { distribution }) {
    return catalogText(await file.text(), { path: `/${file.path}`, distribution })
  },
})

const readFields = new Set(['package', 'status', 'version', 'architecture', 'depends', 'license', 'maintainer'])
/** Of the other states (`not-installed`, `config-files`) no program is left. */
const presentStates = new Set(['installed', 'unpacked', 'half-configured', 'post-inst-failed', 'removal-failed'])

function* catalogText(text: string, origin: Origin): Steps {
  let incomplete = 0
  for (const stanza of stanzasOf(text, readFields)) {
    if (stanza === undefined) {
      yield undefined
      continue
    }
    const state = stanza.get('status')?.split(/\s+/, 3)[2] ?? 'installed'
    const found = readPackage(stanza, origin)
    if (state === 'half-installed') {
      const name = (stanza.get('package') ?? 'a package').slice(0, 200)
      const reason = `${name} is half-installed: some of its files may be there`
      yield { unknown: { path: origin.path, reason } }
    } else if (presentStates.has(state)) {
      if (found === undefined) incomplete += 1
      else yield { package: found }
    }
  }
  if (incomplete > 0) {
    yield { unknown: { path: origin.path, reason: `entries without a proper name or version: ${incomplete}` } }
  }
}

function readPackage(stanza: Stanza, origin: Origin): Package | undefined {
  const architecture = stanza.get('architecture')
  const license = stanza.get('license')
  const dependencies = needsOf(stanza.get('depends')).flatMap(([name]) => name ?? [])
  return systemPackage(
    {
      name: stanza.get('package') ?? '',
      version: stanza.get('version') ?? '',
      ecosystem: 'opkg',
      architecture: isWord(architecture ?? '') ? architecture : undefined,
      vendor: stanza.get('maintainer'),
      licences: license === undefined || license === '' ? undefined : [license],
      dependencies: dependencies.length === 0 ? undefined : [...new Set(dependencies)],
    },
    origin,
  )
}
