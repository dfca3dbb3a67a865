import type { Package } from '#model/package.ts'
import { type CatalogContext, defineCataloger } from '../cataloger.ts'
import { describedPackage } from './core-metadata.ts'
import { normalizedName } from './python-package.ts'

/**
 * The older ways: a folder that setuptools leaves, a file that distutils leaves, and an egg that was unpacked. Debian
 * still installs some of its packages like this, and one of them in the new way as well: that one counts once.
 */
export default defineCataloger({
  id: 'egg-info',
  version: 1,
  ecosystem: 'pypi',
  proves: 'installed',
  title: 'Installed Python packages (*.egg-info, EGG-INFO)',
  spec: 'https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html',
  files: ['**/*.egg-info/PKG-INFO', '**/*.egg-info', '**/EGG-INFO/PKG-INFO'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file, context) {
    const found = describedPackage(await file.text(), `/${file.path}`)
    return isAlsoDistInfo(found, file.path, context) ? [] : [{ package: found }]
  },
})

function isAlsoDistInfo({ name, version }: Package, path: string, context: CatalogContext): boolean {
  const folder = path.replace(/[^/]+\/PKG-INFO$|[^/]+$/, '')
  const names = [name, name.replaceAll(/[-.]/g, '_'), normalizedName(name).replaceAll('-', '_')]
  return names.some((spelling) => context.typeOf(`${folder}${spelling}-${version}.dist-info`) === 'directory')
}
