import { baseOf, parentOf } from '#kit/path.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { namesIn, readFields } from './control-file.ts'
import { rPackage } from './r-package.ts'

/**
 * A package is installed where R wrote `Built` into its description, in a folder of its name; a description without it
 * is that of a source tree, or of something else altogether. Packages that are part of R are listed as R lists them.
 */
export default defineCataloger({
  id: 'r-installed',
  version: 1,
  ecosystem: 'cran',
  proves: 'installed',
  title: 'Installed R packages (DESCRIPTION)',
  spec: 'https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file',
  files: ['**/DESCRIPTION'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file) {
    const fields = readFields(await file.text())
    const name = fields.get('Package')
    if (name === undefined || name !== baseOf(parentOf(file.path)) || !fields.has('Built')) return []
    return [installed(name, fields, `/${file.path}`)]
  },
})

function installed(name: string, fields: ReadonlyMap<string, string>, location: string): Found {
  const needed = ['Depends', 'Imports', 'LinkingTo'].flatMap((field) => namesIn(fields.get(field) ?? ''))
  const licence = fields.get('License')
  const found = rPackage(
    {
      name,
      version: fields.get('Version') ?? '',
      repository: fields.get('Repository') ?? (fields.has('biocViews') ? 'Bioconductor' : undefined),
      licences: licence === undefined ? [] : [licence],
      dependencies: needed,
    },
    location,
  )
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: 'its name or version is not one that R knows' } }
}
