import { defineCataloger, type Found } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'

export default defineCataloger({
  id: 'wordpress-core',
  version: 1,
  ecosystem: 'wordpress',
  proves: 'installed',
  title: 'WordPress itself (wp-includes/version.php)',
  spec: 'https://developer.wordpress.org/reference/files/wp-includes/version.php/',
  files: ['**/wp-includes/version.php'],
  finds: ['packages'],

  async catalog(file) {
    return [coreOf(await file.text(), `/${file.path}`)]
  },
})

function coreOf(text: string, location: string): Found {
  const version = /^\s{0,20}\$wp_version\s{0,20}=\s{0,20}(?:'([^'\n]{1,100})'|"([^"\n]{1,100})")\s{0,20};/m.exec(text)
  const listed = { name: 'wordpress', version: version?.[1] ?? version?.[2] ?? '', ecosystem: 'wordpress' } as const
  const found = listedPackage({ ...listed, purl: { type: 'generic' } }, location)
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: 'it does not say which version of WordPress it is' } }
}
