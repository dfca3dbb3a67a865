import { Problem } from '#kit/errors.ts'
import type { CatalogContext } from '../cataloger.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { linesOf } from '../text-lines.ts'
import { normalizedName, pythonPackage } from './python-package.ts'
import { parseRequirement } from './requirement.ts'

/**
 * pip, setuptools, pipenv and Poetry carry other packages within them, without their metadata but with a list. It is
 * believed of a package whose modules are there: Debian and Fedora take them out of some of their packages.
 */
export default defineCataloger({
  id: 'vendored-list',
  version: 1,
  ecosystem: 'pypi',
  proves: 'installed',
  title: 'Python packages vendored by pip and others (vendor.txt)',
  spec: 'https://pip.pypa.io/en/stable/development/vendoring-policy/',
  files: ['**/_vendor/vendor.txt', '**/_vendor/vendored.txt', '**/vendored/vendor.txt', '**/pipenv/vendor/vendor.txt'],
  finds: ['packages'],

  async catalog(file, context) {
    return readList(await file.text(), file.path, context)
  },
})

/** Nothing real has a tenth of it. */
const linesLimit = 2000

function* readList(text: string, path: string, context: CatalogContext): Steps {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const location = `/${path}`
  let [present, absent, unreadable] = [0, 0, 0]
  let lines = 0
  for (const line of linesOf(text)) {
    yield undefined
    lines += 1
    if (lines > linesLimit)
      throw new Problem('limit_exceeded', `a list of more than ${linesLimit} lines`, { at: location })
    const plain = line.replace(/(?:^|\s)#.*$/s, '').trim()
    if (plain === '') continue
    const requirement = parseRequirement(plain)
    const { name = '', version = '' } = requirement ?? {}
    const found = pythonPackage({ name, version }, location)
    if (found === undefined) unreadable += 1
    else if (isThere(name, folder, context)) {
      present += 1
      yield { package: found }
    } else absent += 1
  }
  if (unreadable > 0)
    yield { unknown: { path: location, reason: `lines without a name and one version: ${unreadable}` } }
  if (present > 0 && absent > 0) {
    yield { unknown: { path: location, reason: `packages in the list whose modules are not beside it: ${absent}` } }
  }
}

/** Where a package is not imported by its own name. */
const modules: Readonly<Record<string, string>> = {
  attrs: 'attr',
  'python-dateutil': 'dateutil',
  pyyaml: 'yaml',
  setuptools: 'pkg_resources',
  'pyinstaller-hooks-contrib': '_pyinstaller_hooks_contrib',
}

function isThere(name: string, folder: string, context: CatalogContext): boolean {
  const normalized = normalizedName(name)
  const known = Object.hasOwn(modules, normalized) ? modules[normalized] : undefined
  const names = [known, normalized.replaceAll('-', '_'), normalized.replaceAll('-', '/'), name]
  return names.some(
    (module) =>
      module !== undefined &&
      (context.typeOf(`${folder}${module}`) === 'directory' || context.typeOf(`${folder}${module}.py`) === 'file'),
  )
}
