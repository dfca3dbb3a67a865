import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseValue } from '#kit/json.ts'
import { parseYaml } from '#kit/yaml.ts'
import type { PackageHash } from '#model/package.ts'
import { defineCataloger } from '../cataloger.ts'
import { Members, membersOf } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { integrityHashes } from './integrity.ts'
import { isOverruled, yamlLimitBytes } from './npm-lock.ts'
import { npmPackage } from './npm-package.ts'
import { neededNames } from './package-facts.ts'
import { type ClassicBlock, readClassic } from './yarn-classic.ts'

/**
 * Lock files of Yarn 1 and of Yarn 2 and later, which share only the name. Neither tells what is needed for development
 * only. A patched package counts as what it is a patch of; workspaces, links and portals are the user's own code.
 * The checksums of Yarn 2 and later are of archives that Yarn makes itself, not of what was published, and are not taken.
 */
export default defineCataloger({
  id: 'yarn-lock',
  version: 1,
  ecosystem: 'npm',
  proves: 'locked',
  title: 'Yarn lock file (yarn.lock)',
  spec: 'https://yarnpkg.com/configuration/manifest',
  files: ['**/yarn.lock'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    const text = (await file.text()).replace(/^\uFEFF/, '')
    const read = /^__metadata:/m.test(text) ? readBerry(text, location) : readBlocks(text, location)
    return withCounts(read, location)
  },
})

function* readBlocks(text: string, location: string): Generator<Outcome> {
  for (const block of readClassic(text, location)) {
    if (block === undefined) yield 'left-out'
    else yield block === 'unreadable' ? block : blockEntry(block, location)
  }
}

function blockEntry({ specifiers, fields, needs }: ClassicBlock, location: string): Outcome {
  const [, name, range = ''] = /^(@?[^@]{1,400})@(.{0,4000})$/s.exec(specifiers[0] ?? '') ?? []
  const version = fields.get('version')
  const resolved = fields.get('resolved')
  if (name === undefined || version === undefined) return 'unreadable'
  if (resolved === undefined && /^(?:file|link):/.test(range)) return 'left-out'
  const aliased = /^npm:(@?[^@]{1,400})(?:@|$)/.exec(range)?.[1]
  const hashes = integrityHashes(fields.get('integrity')) ?? archiveHashes(resolved)
  const dependencies = neededNames({ dependencies: needs })
  return npmPackage({ name: aliased ?? name, version, hashes, dependencies }, location) ?? 'unreadable'
}

/** Before there was `integrity`, the address of an archive ended in its SHA-1; that of a git repository ends in a commit. */
function archiveHashes(resolved: string | undefined): readonly PackageHash[] | undefined {
  const value = /\.tgz(?:\?[^#]{0,1000})?#([0-9a-f]{40})$/.exec(resolved ?? '')?.[1]
  return value === undefined ? undefined : [{ algorithm: 'sha1', value }]
}

const whatever = z.unknown().optional()
const BerryEntry = z.object({
  version: z.string(),
  resolution: z.string(),
  dependencies: whatever,
  peerDependencies: whatever,
  peerDependenciesMeta: whatever,
})

function* readBerry(text: string, location: string): Generator<Outcome> {
  if (text.length > yamlLimitBytes) {
    throw new Problem('limit_exceeded', `a lock file of more than ${yamlLimitBytes} bytes`, { at: location })
  }
  const entries = parseYaml(Members, text, location)
  parseValue(z.object({ __metadata: Members }), entries, location)
  for (const [key, value] of membersOf(entries)) {
    if (key === '__metadata') continue
    const entry = BerryEntry.safeParse(value)
    yield entry.success ? berryEntry(entry.data, location) : 'unreadable'
  }
}

function berryEntry({ resolution, version, ...needs }: z.infer<typeof BerryEntry>, location: string): Outcome {
  const [, name, protocol] = /^(@?[^@]{1,400})@(?:([a-z]{1,20}):)?/.exec(resolution) ?? []
  if (name === undefined) return 'unreadable'
  if (protocol === 'workspace' || protocol === 'link' || protocol === 'portal') return 'left-out'
  return npmPackage({ name, version, dependencies: neededNames(needs) }, location) ?? 'unreadable'
}
