import { defineCataloger } from '../cataloger.ts'
import { describedPackage } from './core-metadata.ts'

/** What pip and every other installer leave beside an installed package, be it vendored inside of another. */
export default defineCataloger({
  id: 'dist-info',
  version: 1,
  ecosystem: 'pypi',
  proves: 'installed',
  title: 'Installed Python packages (*.dist-info)',
  spec: 'https://packaging.python.org/en/latest/specifications/recording-installed-packages/',
  files: ['**/*.dist-info/METADATA'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file) {
    return [{ package: describedPackage(await file.text(), `/${file.path}`) }]
  },
})
