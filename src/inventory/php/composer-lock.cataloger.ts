import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { type CatalogContext, defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { composerPackage } from './composer-package.ts'

const Lock = z.object({ packages: z.array(z.unknown()) })

/** What Composer would install, believed only where it has not. What only development needs stands apart in it. */
export default defineCataloger({
  id: 'composer-lock',
  version: 1,
  ecosystem: 'composer',
  proves: 'locked',
  title: 'Composer lock file (composer.lock)',
  spec: 'https://getcomposer.org/doc/01-basic-usage.md',
  files: ['**/composer.lock'],
  finds: ['packages', 'licences', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isPackaging(file.path) || isInstalledBeside(file.path, context)) return []
    const location = `/${file.path}`
    const { packages } = parseJson(Lock, await file.text(), location)
    return withCounts(outcomesOf(packages, location), location)
  },
})

function isInstalledBeside(path: string, context: CatalogContext): boolean {
  return context.typeOf(`${path.slice(0, path.lastIndexOf('/') + 1)}vendor/composer/installed.json`) === 'file'
}

function* outcomesOf(packages: readonly unknown[], location: string): Generator<Outcome> {
  for (const value of packages) {
    const { outcome, isFromFolder } = composerPackage(value, location)
    yield isFromFolder ? 'left-out' : outcome
  }
}
