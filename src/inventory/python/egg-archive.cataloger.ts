import { defineCataloger } from '../cataloger.ts'
import { describedPackage } from './core-metadata.ts'
import { readMember } from './zip-member.ts'

/** A zip that Python imports from as it is. */
export default defineCataloger({
  id: 'egg-archive',
  version: 1,
  ecosystem: 'pypi',
  proves: 'installed',
  title: 'Python eggs (*.egg)',
  spec: 'https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html',
  files: ['**/*.egg'],
  finds: ['packages', 'licences'],

  async catalog(file) {
    const location = `/${file.path}`
    const description = readMember(await file.bytes(), /^EGG-INFO\/PKG-INFO$/)
    return [{ package: describedPackage(description.toString('utf8'), location) }]
  },
})
