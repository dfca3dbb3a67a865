import { baseOf, parentOf } from '#kit/path.ts'
import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import { type CatalogContext, defineCataloger, type Found } from '../cataloger.ts'
import { distroQualifier } from '../distribution.ts'
import { itemsLimit } from '../providers.ts'
import { portageOwnership } from './portage-ownership.ts'

/** Beside it lie the other facts of the package, a file each. */
const fullName = 'PF'
const facts = ['LICENSE', 'RDEPEND', 'repository']

/** Each installed package has a folder of its category. */
export default defineCataloger({
  id: 'portage-database',
  version: 1,
  ecosystem: 'portage',
  proves: 'installed',
  title: 'Gentoo package database (portage)',
  spec: 'https://wiki.gentoo.org/wiki//var/db/pkg',
  files: [fullName, ...facts].map((name) => `var/db/pkg/*/*/${name}`),
  finds: ['packages', 'repositories', 'licences', 'dependencies'],
  ownership: portageOwnership,

  async catalog(file, context) {
    if (baseOf(file.path) !== fullName) return []
    return [readPackage(firstLine(await file.text()), parentOf(file.path), context)]
  },
})

/** Package manager specification §3.2: name, dash, version, revision if any. */
const versioned =
  /^([A-Za-z0-9_][A-Za-z0-9+_-]{0,200}?)-(\d{1,40}(?:\.\d{1,40}){0,20}[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d{0,40}){0,9}(?:-r\d{1,20})?)$/

function readPackage(text: string, folder: string, context: CatalogContext): Found {
  const path = `/${folder}/${fullName}`
  const [, name, version] = versioned.exec(text) ?? []
  const category = baseOf(parentOf(folder))
  if (name === undefined || version === undefined) {
    return { unknown: { path, reason: 'it names no package with a version that the package manager knows' } }
  }
  // While it unpacks, portage names the folder otherwise; what is then there is not yet installed.
  if (baseOf(folder).startsWith('-MERGING-')) {
    return { unknown: { path, reason: `${category}/${text} was being installed: some of its files may be there` } }
  }
  return { package: packageOf({ category, name, version, folder }, context) }
}

interface Named {
  readonly category: string
  readonly name: string
  readonly version: string
  readonly folder: string
}

function packageOf({ category, name, version, folder }: Named, context: CatalogContext): Package {
  const fact = (file: string): string => context.contentOf(`${folder}/${file}`)?.toString('utf8') ?? ''
  const repository = firstLine(fact('repository'))
  const license = fact('LICENSE').replaceAll(/\s+/g, ' ').trim()
  const distro = distroQualifier(context.distribution)
  return {
    purl: formatPurl({ type: 'ebuild', namespace: category, name, version, qualifiers: { distro } }),
    name: `${category}/${name}`,
    version,
    ecosystem: 'portage',
    repository: repository === '' ? undefined : repository,
    licences: license === '' ? undefined : [license],
    dependencies: dependenciesOf(fact('RDEPEND')),
    locations: [`/${folder}/${fullName}`],
  }
}

/** The conditions are settled in the database; of what remains, atoms such as `>=dev-libs/libxml2-2.9:2=[icu]` count. */
function dependenciesOf(text: string): readonly string[] | undefined {
  const names = text.split(/\s+/, itemsLimit).flatMap((token) => atomName(token) ?? [])
  return names.length === 0 ? undefined : [...new Set(names)]
}

/** Only with an operator in front an atom ends in a version. */
function atomName(token: string): string | undefined {
  const [, operator = '', atom = ''] =
    /^([<>=~]{0,2})([A-Za-z0-9][A-Za-z0-9+_./*-]{0,300})(?:[:[].{0,999})?$/.exec(token) ?? []
  if (!/^[^/]+\/[^/]+$/.test(atom)) return undefined
  if (operator === '') return atom
  const [category = '', rest = ''] = atom.replace(/\*$/, '').split('/')
  const name = versioned.exec(rest)?.[1]
  return name === undefined ? undefined : `${category}/${name}`
}

function firstLine(text: string): string {
  return (/^[^\n]{0,400}/.exec(text)?.[0] ?? '').trim()
}
