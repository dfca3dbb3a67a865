import { z } from 'zod'
import { parseToml } from '#kit/toml.ts'
import { defineCataloger } from '../cataloger.ts'
import { Members, optionalText } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { juliaPackage } from './julia-package.ts'

const Entry = z.object({
  uuid: z.string(),
  version: optionalText,
  'git-tree-sha1': optionalText,
  path: optionalText,
  deps: z.union([z.array(z.string()), Members.transform((members) => Object.keys(members))]).catch([]),
})

/**
 * In format 1 every table is a package, later ones keep them below `deps`. What has no version and no source is part of
 * Julia itself; what has a path and no version is the user's own code, or a package without a release.
 */
export default defineCataloger({
  id: 'julia-manifest',
  version: 1,
  ecosystem: 'julia',
  proves: 'locked',
  title: 'Julia manifest (Manifest.toml)',
  spec: 'https://pkgdocs.julialang.org/v1/toml-files/#Manifest.toml',
  files: ['**/Manifest.toml', '**/JuliaManifest.toml', '**/Manifest-v*.toml'],
  finds: ['packages', 'dependencies'],

  async catalog(file) {
    if (isPackaging(file.path) || /(?:^|\/)packages\/[^/]+\/[^/]+\//.test(file.path)) return []
    const location = `/${file.path}`
    const manifest = parseToml(Members, await file.text(), location)
    const tables = Members.safeParse(manifest['deps']).data
    const isFirst = manifest['manifest_format'] === undefined
    return withCounts(outcomesOf(isFirst ? manifest : (tables ?? {}), location), location)
  },
})

function* outcomesOf(tables: Readonly<Record<string, unknown>>, location: string): Generator<Outcome> {
  for (const [name, table] of Object.entries(tables)) {
    if (Array.isArray(table)) for (const value of table) yield outcomeOf(name, value, location)
  }
}

function outcomeOf(name: string, value: unknown, location: string): Outcome {
  const entry = Entry.safeParse(value).data
  if (entry === undefined) return 'unreadable'
  const { uuid, version, deps: dependencies } = entry
  if (version !== undefined) return juliaPackage({ name, version, uuid, dependencies }, location) ?? 'unreadable'
  const isPartOfJulia = entry['git-tree-sha1'] === undefined && entry.path === undefined
  return isPartOfJulia ? 'left-out' : 'no-version'
}
