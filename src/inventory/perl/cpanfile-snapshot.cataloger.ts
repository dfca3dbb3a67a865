import { parentOf } from '#kit/path.ts'
import { defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { linesOf } from '../text-lines.ts'
import { authorOf, cpanPackage, distributionOf, splitDistribution } from './distribution.ts'

/** Not read beside the folder that Carton installed it into. */
export default defineCataloger({
  id: 'cpanfile-snapshot',
  version: 1,
  ecosystem: 'cpan',
  proves: 'locked',
  title: 'Carton snapshot (cpanfile.snapshot)',
  spec: 'https://metacpan.org/pod/Carton',
  files: ['**/cpanfile.snapshot'],
  finds: ['packages', 'dependencies'],

  async catalog(file, context) {
    const folder = parentOf(file.path)
    if (isPackaging(file.path)) return []
    if (context.typeOf(`${folder === '' ? '' : `${folder}/`}local/lib/perl5`) === 'directory') return []
    const location = `/${file.path}`
    return withCounts(outcomesOf(await file.text(), location), location)
  },
})

interface Entry {
  readonly title: string
  author?: string | undefined
  readonly modules: string[]
}

function* outcomesOf(text: string, location: string): Generator<Outcome> {
  for (const { title, author, modules } of entriesOf(text)) {
    const distribution = splitDistribution(title)
    const dependencies = modules.filter((module) => module !== 'perl').map(distributionOf)
    if (distribution === undefined) yield 'unreadable'
    else yield cpanPackage({ ...distribution, author, dependencies }, location) ?? 'unreadable'
  }
}

/** Two blanks before a distribution, four before its fields, six before the items of a field. */
function* entriesOf(text: string): Generator<Entry> {
  let entry: Entry | undefined
  let field = ''
  for (const line of linesOf(text)) {
    const [, blanks = '', word = ''] = /^( {0,8})([!-~]{1,400})/.exec(line) ?? []
    if (blanks.length === 2) {
      if (entry !== undefined) yield entry
      entry = { title: word, modules: [] }
    } else if (blanks.length === 4) {
      field = word
      if (word === 'pathname:' && entry !== undefined) entry.author = authorOf(line.slice(14).trim())
    } else if (blanks.length === 6 && field === 'requirements:') entry?.modules.push(word)
  }
  if (entry !== undefined) yield entry
}
