import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { parentOf } from '#kit/path.ts'
import { defineCataloger } from '../cataloger.ts'
import { Members, optionalText, texts } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { namesIn } from './control-file.ts'
import { rPackage } from './r-package.ts'

const Lock = z.object({ Packages: Members })
const Entry = z.object({
  Package: z.string(),
  Version: optionalText,
  Source: optionalText,
  Repository: optionalText,
  License: optionalText,
  Requirements: texts,
  Depends: texts,
  Imports: texts,
  LinkingTo: texts,
})

/**
 * Not read beside the library that it was restored into. Newer versions of renv write the fields of the description
 * instead of `Requirements`. The hash is that of the description, not of the package.
 */
export default defineCataloger({
  id: 'renv-lock',
  version: 1,
  ecosystem: 'cran',
  proves: 'locked',
  title: 'renv lock file (renv.lock)',
  spec: 'https://rstudio.github.io/renv/articles/lockfile.html',
  files: ['**/renv.lock'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file, context) {
    const folder = parentOf(file.path)
    const isRestored = context.typeOf(`${folder === '' ? '' : `${folder}/`}renv/library`) === 'directory'
    if (isRestored || isPackaging(file.path)) return []
    const location = `/${file.path}`
    const { Packages: packages } = parseJson(Lock, await file.text(), location)
    return withCounts(outcomesOf(packages, location), location)
  },
})

function* outcomesOf(packages: Readonly<Record<string, unknown>>, location: string): Generator<Outcome> {
  for (const key of Object.keys(packages)) {
    const entry = Entry.safeParse(packages[key]).data
    if (entry === undefined) yield 'unreadable'
    else if (entry.Version === undefined) yield 'no-version'
    else yield outcomeOf(entry, entry.Version, location)
  }
}

function outcomeOf(entry: z.infer<typeof Entry>, version: string, location: string): Outcome {
  const { Package: name, License: licence, Source: source, Repository: repository } = entry
  const needed = [entry.Requirements, entry.Depends, entry.Imports, entry.LinkingTo].flat()
  const dependencies = needed.flatMap(namesIn)
  const licences = licence === undefined ? [] : [licence]
  const published = source === 'Bioconductor' ? source : repository
  return rPackage({ name, version, repository: published, licences, dependencies }, location) ?? 'unreadable'
}
