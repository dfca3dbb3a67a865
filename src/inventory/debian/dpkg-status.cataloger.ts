import type { Package } from '#model/package.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { heldLimit, type Needs, Providers } from '../providers.ts'
import type { Origin } from '../system-package.ts'
import { debPackage, packageFields } from './deb-package.ts'
import { type Stanza, stanzasOf } from './deb822.ts'
import { dpkgOwnership } from './dpkg-ownership.ts'
import { needsOf, providedBy } from './relations.ts'

/**
 * A package counts when its files are there: installed, or unpacked and on the way to it, whatever is wanted of it
 * next. A half-installed one may have some of its files and is unknown; of a removed one at most settings are left.
 * Stanzas without a status are those of images built without dpkg (distroless), and are installed.
 */
export default defineCataloger({
  id: 'dpkg-status',
  version: 2,
  ecosystem: 'deb',
  proves: 'installed',
  title: 'Debian package database (dpkg)',
  spec: 'https://manpages.debian.org/bookworm/dpkg/deb822.5.en.html',
  files: ['var/lib/dpkg/status', 'var/lib/dpkg/status.d/*'],
  finds: ['packages', 'sources', 'architectures', 'dependencies'],
  ownership: dpkgOwnership,

  async catalog(file, { distribution }) {
    if (file.path.endsWith('.md5sums')) return []
    return catalogText(await file.text(), { path: `/${file.path}`, distribution })
  },
})

const readFields = new Set([...packageFields, 'status', 'depends', 'pre-depends', 'provides'])
const presentStates = new Set(['installed', 'unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending'])

function* catalogText(text: string, origin: Origin): Steps {
  let incomplete = 0
  const held: { readonly found: Package; readonly needs: Needs }[] = []
  const providers = new Providers()
  for (const stanza of stanzasOf(text, readFields)) {
    if (stanza === undefined) {
      yield undefined
      continue
    }
    const state = stanza.get('status')?.split(/\s+/)[2] ?? 'installed'
    const found = debPackage(stanza, origin)
    if (state === 'half-installed') {
      yield {
        unknown: { path: origin.path, reason: `${nameOf(stanza)} is half-installed: some of its files may be there` },
      }
    } else if (presentStates.has(state)) {
      if (found === undefined) incomplete += 1
      else {
        providers.add(found.name, providedBy(stanza.get('provides')))
        held.push({ found, needs: [...needsOf(stanza.get('pre-depends')), ...needsOf(stanza.get('depends'))] })
      }
      yield undefined
    }
    if (held.length === heldLimit) break
  }
  for (const { found, needs } of held) {
    yield { package: { ...found, dependencies: providers.resolve(found.name, needs) } }
  }
  if (incomplete > 0) {
    yield { unknown: { path: origin.path, reason: `entries without a proper name or version: ${incomplete}` } }
  }
}

function nameOf(stanza: Stanza): string {
  return (stanza.get('package') ?? 'a package').slice(0, 200)
}
