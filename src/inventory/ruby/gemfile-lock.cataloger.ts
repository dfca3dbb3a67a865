import { Problem } from '#kit/errors.ts'
import type { Purl } from '#model/purl.ts'
import { type CatalogContext, defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { repositoryUrl } from '../repository-url.ts'
import { type Bundle, type LockedGem, readBundle } from './bundle.ts'

/**
 * What Bundler would install, believed only where it has not put it beside the lock file. Gems from a folder are the
 * user's own code. The file does not tell which groups of the Gemfile need a gem.
 */
export default defineCataloger({
  id: 'gemfile-lock',
  version: 1,
  ecosystem: 'gem',
  proves: 'locked',
  title: 'Bundler lock file (Gemfile.lock, gems.locked)',
  spec: 'https://bundler.io/man/gemfile.5.html',
  files: ['**/Gemfile.lock', '**/gems.locked'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isPackaging(file.path) || isInstalledBeside(file.path, context)) return []
    const location = `/${file.path}`
    const text = await file.text()
    if (/^<{7} /m.test(text)) throw new Problem('malformed', 'a merge conflict was left in this lock file')
    const bundle = readBundle(text)
    if (!bundle.isBundle && text.trim() !== '') throw new Problem('malformed', 'this is no lock file of Bundler')
    return withCounts(outcomesOf(bundle, location), location)
  },
})

function isInstalledBeside(path: string, context: CatalogContext): boolean {
  return context.typeOf(`${path.slice(0, path.lastIndexOf('/') + 1)}vendor/bundle/ruby`) === 'directory'
}

function* outcomesOf({ gems, unreadable }: Bundle, location: string): Generator<Outcome> {
  for (const gem of gems) yield gem.source.kind === 'PATH' ? 'left-out' : packageOf(gem, location)
  for (let count = 0; count < unreadable; count++) yield 'unreadable'
}

function packageOf(
  { name, version, platforms, source, dependencies, checksums }: LockedGem,
  location: string,
): Outcome {
  const [platform, ...others] = platforms
  const isOne = platform !== undefined && others.length === 0
  const checksum = isOne ? checksums.get(platform) : undefined
  const found = listedPackage(
    {
      ecosystem: 'gem',
      name,
      version,
      dependencies: [...dependencies],
      hashes: checksum === undefined ? [] : [{ algorithm: 'sha256', value: checksum }],
      purl: { qualifiers: { platform: isOne && platform !== 'ruby' ? platform : undefined, ...originOf(source) } },
    },
    location,
  )
  return found ?? 'unreadable'
}

/** Where a gem came from other than rubygems.org. Several sources in one section do not tell which gem came from where. */
function originOf({ kind, remotes, revision }: LockedGem['source']): Purl['qualifiers'] {
  const [remote, ...others] = remotes.map(repositoryUrl)
  if (remote === undefined || others.length > 0 || /^https?:\/\/rubygems\.org\/?$/.test(remote)) return {}
  if (kind === 'GEM') return { repository_url: remote }
  return kind === 'GIT' ? { vcs_url: `git+${remote}${revision === undefined ? '' : `@${revision}`}` } : {}
}
