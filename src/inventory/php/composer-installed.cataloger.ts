import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { composerPackage } from './composer-package.ts'

const entries = z.array(z.unknown())
/** Composer 1 wrote the list alone. */
const Installed = z.union([entries, z.object({ packages: entries }).transform(({ packages }) => packages)])

export default defineCataloger({
  id: 'composer-installed',
  version: 1,
  ecosystem: 'composer',
  proves: 'installed',
  title: 'Installed Composer packages (installed.json)',
  spec: 'https://getcomposer.org/doc/07-runtime.md',
  files: ['**/composer/installed.json'],
  finds: ['packages', 'licences', 'hashes', 'dependencies'],

  async catalog(file) {
    const location = `/${file.path}`
    return withCounts(outcomesOf(parseJson(Installed, await file.text(), location), location), location)
  },
})

function* outcomesOf(values: readonly unknown[], location: string): Generator<Outcome> {
  for (const value of values) yield composerPackage(value, location).outcome
}
