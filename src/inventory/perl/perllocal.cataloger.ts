import { parentOf } from '#kit/path.ts'
import { type CatalogContext, defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { linesOf } from '../text-lines.ts'
import { cpanPackage, distributionOf } from './distribution.ts'

/**
 * A log of what was installed, and the last entry for a module counts. It tells modules, not distributions. What cpanm
 * installed has metadata of its own and is read from that.
 */
export default defineCataloger({
  id: 'perllocal',
  version: 1,
  ecosystem: 'cpan',
  proves: 'installed',
  title: 'Log of installed Perl modules (perllocal.pod)',
  spec: 'https://perldoc.perl.org/ExtUtils::Command::MM#perllocal_install',
  files: ['**/perllocal.pod'],
  finds: ['packages'],

  async catalog(file, context) {
    const location = `/${file.path}`
    const folders = [parentOf(file.path), siteFolder(parentOf(file.path))]
    return withCounts(outcomesOf(await file.text(), { folders, location, context }), location)
  },
})

interface Log {
  /** Where `.meta` may be. */
  readonly folders: readonly string[]
  readonly location: string
  readonly context: CatalogContext
}

/** The log is among perl's own modules, what it tells of among those of the site. */
function siteFolder(folder: string): string {
  return folder.replace(/(^|\/)perl5\/(?=\d)/, '$1perl5/site_perl/')
}

function* outcomesOf(text: string, { folders, location, context }: Log): Generator<Outcome> {
  for (const [module, version] of versionsIn(text)) {
    const name = distributionOf(module)
    const isRead = folders.some((folder) => context.typeOf(`${folder}/.meta/${name}-${version}`) === 'directory')
    if (isRead) yield 'left-out'
    else if (version === '' || version === 'undef') yield 'no-version'
    else yield cpanPackage({ name, version }, location) ?? 'unreadable'
  }
}

function versionsIn(text: string): ReadonlyMap<string, string> {
  const versions = new Map<string, string>()
  let module: string | undefined
  for (const line of linesOf(text)) {
    const heading = /^=head2 .{0,200}: C<Module> L<([\w:']{1,200})[|>]/.exec(line)?.[1]
    const version = /^C<VERSION: (.{0,200})>\s{0,20}$/.exec(line)?.[1]
    if (line.startsWith('=head2 ')) module = heading
    if (heading !== undefined) versions.set(heading, '')
    else if (module !== undefined && version !== undefined) versions.set(module, version.trim())
  }
  return versions
}
