import { defineCataloger } from '../cataloger.ts'
import { describedPackage } from './core-metadata.ts'
import { readMember } from './zip-member.ts'

/**
 * Wheels that Python itself, virtualenv and Debian carry to make virtual environments from: each environment that is
 * made will have what is in them. Other wheels are downloads or backups of what is installed, and too large to keep.
 */
export default defineCataloger({
  id: 'bundled-wheel',
  version: 1,
  ecosystem: 'pypi',
  proves: 'installed',
  title: 'Python wheels bundled with ensurepip, virtualenv and Debian',
  spec: 'https://packaging.python.org/en/latest/specifications/binary-distribution-format/',
  files: ['**/ensurepip/_bundled/*.whl', '**/wheels/embed/*.whl', '**/share/python-wheels/*.whl'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file) {
    const location = `/${file.path}`
    const description = readMember(await file.bytes(), /^[^/]{1,400}\.dist-info\/METADATA$/)
    return [{ package: describedPackage(description.toString('utf8'), location) }]
  },
})
