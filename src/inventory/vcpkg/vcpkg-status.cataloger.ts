import { parentOf } from '#kit/path.ts'
import { type CatalogContext, defineCataloger, type Steps } from '../cataloger.ts'
import { type Stanza, stanzasOf } from '../debian/deb822.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { vcpkgPackage } from './vcpkg-package.ts'

/**
 * What vcpkg did is written into `updates`, and into `status` when it starts the next time, so neither is the whole
 * truth: a package is there as long as the list of its files is. One that has its own document is read from that.
 */
export default defineCataloger({
  id: 'vcpkg-status',
  version: 1,
  ecosystem: 'vcpkg',
  proves: 'installed',
  title: 'Installed vcpkg packages (vcpkg/status)',
  spec: 'https://learn.microsoft.com/en-us/vcpkg/reference/installation-tree-layout',
  files: ['**/vcpkg/status', '**/vcpkg/updates/*'],
  finds: ['packages', 'architectures', 'dependencies'],

  async catalog(file, context) {
    const folder = parentOf(file.path.endsWith('/status') ? file.path : parentOf(file.path))
    return withCountsOf(await file.text(), { folder, location: `/${file.path}`, context })
  },
})

interface Database {
  /** That of vcpkg in the tree of installed packages. */
  readonly folder: string
  readonly location: string
  readonly context: CatalogContext
}

const readFields = new Set(['package', 'version', 'port-version', 'architecture', 'feature', 'depends', 'status'])

function withCountsOf(text: string, database: Database): Steps {
  return withCounts(outcomesOf(text, database), database.location)
}

function* outcomesOf(text: string, database: Database): Generator<Outcome> {
  for (const stanza of stanzasOf(text, readFields)) {
    yield stanza === undefined ? 'left-out' : outcomeOf(stanza, database)
  }
}

function outcomeOf(stanza: Stanza, { folder, location, context }: Database): Outcome {
  const [name, upstream = '', triplet] = [stanza.get('package'), stanza.get('version'), stanza.get('architecture')]
  const isWhole = stanza.get('status')?.endsWith(' installed') === true && !stanza.has('feature')
  if (!isWhole) return 'left-out'
  if (name === undefined || triplet === undefined) return 'unreadable'
  if (context.typeOf(`${folder}/info/${name}_${upstream}_${triplet}.list`) !== 'file') return 'left-out'
  if (context.typeOf(`${parentOf(folder)}/${triplet}/share/${name}/vcpkg.spdx.json`) === 'file') return 'left-out'
  const version = `${upstream}#${stanza.get('port-version') ?? '0'}`
  const dependencies = dependenciesOf(stanza.get('depends') ?? '')
  return vcpkgPackage({ name, version, triplet, dependencies }, location) ?? 'unreadable'
}

/** `zlib, fmt (linux), vcpkg-cmake:x64-linux` */
function dependenciesOf(field: string): string[] {
  return field.split(',').flatMap((item) => /^\s{0,20}([a-z0-9-]{1,200})/.exec(item)?.[1] ?? [])
}
