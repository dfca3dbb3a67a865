import { type CatalogContext, defineCataloger, type Found } from '../cataloger.ts'
import { itemsLimit } from '../providers.ts'
import { isWord, systemPackage } from '../system-package.ts'
import { pacmanOwnership } from './pacman-ownership.ts'

/** Each installed package has a folder, and in it a file that describes it. */
export default defineCataloger({
  id: 'pacman-local',
  version: 1,
  ecosystem: 'alpm',
  proves: 'installed',
  title: 'Arch Linux package database (pacman)',
  spec: 'https://man.archlinux.org/man/alpm-db-desc.5.en',
  files: ['var/lib/pacman/local/*/desc'],
  finds: ['packages', 'sources', 'architectures', 'licences', 'dependencies'],
  ownership: pacmanOwnership,

  async catalog(file, context) {
    return [readPackage(sectionsOf(await file.text()), `/${file.path}`, context)]
  },
})

type Sections = ReadonlyMap<string, readonly string[]>

/** `%NAME%`, then a value on each line, then an empty line. A section that comes twice keeps its first values. */
function sectionsOf(text: string): Sections {
  const sections = new Map<string, string[]>()
  let values: string[] | undefined
  for (const line of text.split('\n', linesLimit)) {
    const [, title] = /^%([A-Z0-9]{1,40})%$/.exec(line) ?? []
    if (title !== undefined) {
      values = sections.has(title) ? undefined : []
      if (values !== undefined) sections.set(title, values)
    } else if (line === '') values = undefined
    else values?.push(line)
  }
  return sections
}

/** Real ones have less than a thousand. */
const linesLimit = 100_000

function readPackage(sections: Sections, path: string, { distribution }: CatalogContext): Found {
  const first = (title: string): string => sections.get(title)?.[0] ?? ''
  const [name, version, base, architecture] = ['NAME', 'VERSION', 'BASE', 'ARCH'].map(first)
  const found = systemPackage(
    {
      name: name ?? '',
      version: version ?? '',
      ecosystem: 'alpm',
      source: { name: isWord(base ?? '') ? (base ?? '') : (name ?? ''), version: version ?? '' },
      architecture: isWord(architecture ?? '') ? architecture : undefined,
      vendor: sections.get('PACKAGER')?.[0],
      licences: sections.get('LICENSE'),
      dependencies: dependenciesOf(sections.get('DEPENDS')),
    },
    { path, distribution },
  )
  if (found === undefined)
    return { unknown: { path, reason: 'it describes no package with a proper name and version' } }
  return { package: found }
}

/** `glibc>=2.33` and the like. */
function dependenciesOf(values: readonly string[] | undefined): readonly string[] | undefined {
  const names = values?.slice(0, itemsLimit).flatMap((value) => /^[^<>=\s]{1,400}/.exec(value)?.[0] ?? [])
  return names === undefined || names.length === 0 ? undefined : [...new Set(names)]
}
