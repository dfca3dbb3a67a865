import { parentOf } from '#kit/path.ts'
import type { Package } from '#model/package.ts'
import type { UnidentifiedFiles } from '#model/report.ts'
import type { Plan } from '../jobs.ts'
import type { Executable } from './facts.ts'
import { isSystem } from './unidentified.ts'

const foldersShown = 100
const examplesShown = 5

/**
 * What is left when everything was identified that could be and every package had its files: by folder, those with the
 * most first. `undefined` where a package manager keeps no lists of its files, because then nobody can tell.
 */
export function unidentifiedFiles(
  executables: readonly Executable[],
  packages: readonly (Package & { readonly cataloger: string })[],
  { jobs, ownership }: Pick<Plan, 'jobs' | 'ownership'>,
): UnidentifiedFiles | undefined {
  const listing = new Set(ownership.map(({ reader }) => reader.cataloger))
  const silent = new Set(
    jobs.flatMap(({ cataloger, isProbed }) =>
      isSystem(cataloger.ecosystem) && !isProbed && !listing.has(cataloger.id) ? cataloger.id : [],
    ),
  )
  if (packages.some(({ ecosystem, cataloger }) => isSystem(ecosystem) && silent.has(cataloger))) return undefined
  const left = executables.filter(({ ownedBy }) => ownedBy === undefined)
  const folders = [...Map.groupBy(left, ({ path }) => parentOf(path))].map(([folder, files]) => ({
    path: folder === '' ? '/' : folder,
    files: files.length,
    examples: files.slice(0, examplesShown).map(({ path }) => path),
  }))
  return {
    executables: left.filter(({ kind }) => kind === 'executable').length,
    libraries: left.filter(({ kind }) => kind === 'library').length,
    folders: folders.toSorted((a, b) => b.files - a.files || (a.path < b.path ? -1 : 1)).slice(0, foldersShown),
  }
}
