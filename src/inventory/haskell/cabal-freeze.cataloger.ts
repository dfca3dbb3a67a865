import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { linesOf } from '../text-lines.ts'

/** Constraints on flags are no packages, and those of a set-up program (`setup.`) are there to build only. */
export default defineCataloger({
  id: 'cabal-freeze',
  version: 1,
  ecosystem: 'hackage',
  proves: 'locked',
  title: 'Cabal freeze file (cabal.project.freeze)',
  spec: 'https://cabal.readthedocs.io/en/stable/cabal-commands.html#cabal-freeze',
  files: ['**/cabal.project.freeze'],
  finds: ['packages'],

  async catalog(file) {
    if (isPackaging(file.path)) return []
    const location = `/${file.path}`
    return withCounts(outcomesOf(await file.text(), location), location)
  },
})

/** A field begins in the first column and goes on for as long as lines are indented. */
function* outcomesOf(text: string, location: string): Generator<Outcome> {
  let isConstraints = false
  for (const line of linesOf(text)) {
    const field = /^([A-Za-z][\w-]{0,99})[ \t]{0,20}:/.exec(line)
    if (field !== null) isConstraints = field[1]?.toLowerCase() === 'constraints'
    if (!isConstraints || line.trimStart().startsWith('--')) continue
    for (const item of line.slice(field?.[0].length ?? 0).split(',')) {
      if (item.trim() !== '') yield outcomeOf(item.trim(), location)
    }
  }
}

function outcomeOf(constraint: string, location: string): Outcome {
  const [, scope, name = '', rest = ''] =
    /^(?:([\w:*-]{1,200})\.)?([A-Za-z0-9-]{1,200})\s{0,20}(.{0,400})$/.exec(constraint) ?? []
  if (name === '') return 'unreadable'
  const isFlags = /^[+-]/.test(rest) || /^(?:source|test|bench)$/.test(rest)
  if (isFlags || scope?.endsWith('setup') === true) return 'left-out'
  const version = /^==\s{0,20}(\d[\d.]{0,100})$/.exec(rest)?.[1]
  if (version === undefined) return 'no-version'
  return listedPackage({ name, version, ecosystem: 'hackage' }, location) ?? 'unreadable'
}
