import { z } from 'zod'
import { parseYaml } from '#kit/yaml.ts'
import type { Purl } from '#model/purl.ts'
import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { Members, optionalText } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { repositoryUrl } from '../repository-url.ts'

const Lock = z.object({ packages: Members.nullable() })
const Description = z.object({
  name: optionalText,
  url: optionalText,
  sha256: optionalText,
  'resolved-ref': optionalText,
})
const Entry = z.object({
  dependency: optionalText,
  source: z.string(),
  version: z.string(),
  description: Description.catch({}),
})

/**
 * Packages from a folder are the user's own code, and those of an SDK are part of it. What the project itself needs for
 * development only is left out; of what that needs in turn the file does not tell.
 */
export default defineCataloger({
  id: 'pubspec-lock',
  version: 1,
  ecosystem: 'pub',
  proves: 'locked',
  title: 'Dart and Flutter lock file (pubspec.lock)',
  spec: 'https://dart.dev/tools/pub/glossary#lockfile',
  files: ['**/pubspec.lock'],
  finds: ['packages', 'hashes'],

  async catalog(file) {
    if (isPackaging(file.path) || /(?:^|\/)\.pub-cache\//.test(file.path)) return []
    const location = `/${file.path}`
    const { packages } = parseYaml(Lock, await file.text(), location)
    return withCounts(outcomesOf(packages ?? {}, location), location)
  },
})

function* outcomesOf(packages: Readonly<Record<string, unknown>>, location: string): Generator<Outcome> {
  for (const key of Object.keys(packages)) {
    const entry = Entry.safeParse(packages[key])
    yield entry.success ? outcomeOf(key, entry.data, location) : 'unreadable'
  }
}

function outcomeOf(
  key: string,
  { dependency, source, version, description }: z.infer<typeof Entry>,
  location: string,
): Outcome {
  if (dependency === 'direct dev' || source === 'path' || source === 'sdk') return 'left-out'
  const { name = key, sha256 = '' } = description
  const found = listedPackage(
    {
      ecosystem: 'pub',
      name: source === 'hosted' ? name : key,
      version,
      hashes: /^[\da-f]{64}$/.test(sha256) ? [{ algorithm: 'sha256', value: sha256 }] : [],
      purl: { qualifiers: originOf(source, description) },
    },
    location,
  )
  return found ?? 'unreadable'
}

/** Where it came from other than pub.dev. */
function originOf(source: string, description: z.infer<typeof Description>): Purl['qualifiers'] {
  const url = repositoryUrl(description.url ?? '')
  if (source === 'git') {
    const commit = description['resolved-ref']
    return url === '' ? {} : { vcs_url: `git+${url}${commit === undefined ? '' : `@${commit}`}` }
  }
  return /^$|^https:\/\/pub\.(?:dev|dartlang\.org)\/?$/.test(url) ? {} : { repository_url: url }
}
