import { defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { linesOf } from '../text-lines.ts'
import { goPackage } from './go-package.ts'
import { isModulePath, isVersion } from './modules.ts'

/**
 * What `go mod vendor` copied. The file also names modules of which no package is needed, and replacements that are not
 * used; of those nothing is there.
 */
export default defineCataloger({
  id: 'go-vendor',
  version: 1,
  ecosystem: 'golang',
  proves: 'locked',
  title: 'Vendored Go modules (vendor/modules.txt)',
  spec: 'https://go.dev/ref/mod#vendoring',
  files: ['**/vendor/modules.txt'],
  finds: ['packages'],

  async catalog(file) {
    if (/(?:^|\/)(?:go\/pkg\/mod|vendor\/.{1,4000}\/vendor)\//.test(file.path)) return []
    const location = `/${file.path}`
    return withCounts(outcomesOf(await file.text(), location), location)
  },
})

function* outcomesOf(text: string, location: string): Generator<Outcome> {
  let pending: Outcome = 'left-out'
  for (const line of linesOf(text)) {
    if (line.startsWith('# ')) pending = outcomeOf(line.slice(2), location)
    else if (line !== '' && !line.startsWith('#')) {
      yield pending
      pending = 'left-out'
    }
  }
}

/** `path version`, `path version => path version` or `path version => folder`. */
function outcomeOf(line: string, location: string): Outcome {
  const words = line.slice(0, 8192).split(' ')
  const arrow = words.indexOf('=>')
  const [path = '', version] = arrow === -1 ? words : words.slice(arrow + 1)
  if (version === undefined) return arrow === -1 ? 'unreadable' : 'no-version'
  return isModulePath(path) && isVersion(version) ? goPackage({ path, version }, location) : 'unreadable'
}
