import { defineCataloger } from '../cataloger.ts'
import { describedPackage } from './core-metadata.ts'

/**
 * The older ways: a folder that setuptools leaves, a file that distutils leaves, and an egg that was unpacked. Debian
 * still installs its packages like this.
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

  async catalog(file) {
    return [{ package: describedPackage(await file.text(), `/${file.path}`) }]
  },
})
