import { defineCataloger } from '../cataloger.ts'
import { readHeader } from './header.ts'
import { foundExtension } from './wordpress-package.ts'

/** A child theme names its parent as `Template`. */
export default defineCataloger({
  id: 'wordpress-theme',
  version: 1,
  ecosystem: 'wordpress',
  proves: 'installed',
  title: 'WordPress themes (wp-content/themes)',
  spec: 'https://developer.wordpress.org/themes/basics/main-stylesheet-style-css/',
  files: ['**/wp-content/themes/*/style.css'],
  finds: ['packages', 'licences', 'dependencies'],

  async catalog(file) {
    const fields = readHeader(await file.bytes())
    const slug = /\/themes\/([^/]+)\/style\.css$/.exec(file.path)?.[1]
    if (slug === undefined || !fields.has('theme name')) return []
    const parent = fields.get('template')
    const dependencies = parent === undefined || parent === '' ? [] : [parent]
    return [foundExtension({ kind: 'theme', slug, fields, dependencies }, `/${file.path}`)]
  },
})
