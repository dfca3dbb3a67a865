import { defineCataloger } from '../cataloger.ts'
import { readHeader } from './header.ts'
import { foundExtension } from './wordpress-package.ts'

/** Of the files of a plugin the one whose head says `Plugin Name` is it; a plugin may also be a single file. */
export default defineCataloger({
  id: 'wordpress-plugin',
  version: 1,
  ecosystem: 'wordpress',
  proves: 'installed',
  title: 'WordPress plugins (wp-content/plugins)',
  spec: 'https://developer.wordpress.org/plugins/plugin-basics/header-requirements/',
  files: ['**/wp-content/plugins/*/*.php', '**/wp-content/plugins/*.php', '**/wp-content/mu-plugins/*.php'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file) {
    const fields = readHeader(await file.bytes())
    const slug = /\/(?:mu-)?plugins\/([^/]+?)(?:\/[^/]+|\.php)$/.exec(file.path)?.[1]
    if (slug === undefined || !fields.has('plugin name')) return []
    const required = (fields.get('requires plugins') ?? '').split(',').map((name) => name.trim())
    const dependencies = required.filter((name) => name !== '')
    return [foundExtension({ kind: 'plugin', slug, fields, dependencies }, `/${file.path}`)]
  },
})
