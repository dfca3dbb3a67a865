import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { parentOf } from '#kit/path.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { optionalText } from '../members.ts'
import { authorOf, cpanPackage, splitDistribution } from './distribution.ts'

const Install = z.object({ dist: optionalText, pathname: optionalText })

/** What cpanm keeps of a distribution that brought no metadata of its own; one that did is read from that. */
export default defineCataloger({
  id: 'cpan-install',
  version: 1,
  ecosystem: 'cpan',
  proves: 'installed',
  title: 'Installed CPAN distributions (.meta/*/install.json)',
  spec: 'https://metacpan.org/pod/App::cpanminus',
  files: ['**/.meta/*/install.json'],
  finds: ['packages'],

  async catalog(file, context) {
    if (context.typeOf(`${parentOf(file.path)}/MYMETA.json`) === 'file') return []
    return [installed(await file.text(), `/${file.path}`)]
  },
})

function installed(text: string, location: string): Found {
  const { dist = '', pathname = '' } = parseJson(Install, text, location)
  const distribution = splitDistribution(dist)
  const found = distribution && cpanPackage({ ...distribution, author: authorOf(pathname) }, location)
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: 'it does not name a distribution and its version' } }
}
