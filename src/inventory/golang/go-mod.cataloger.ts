import type { PackageHash } from '#model/package.ts'
import { type CatalogContext, defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { linesOf } from '../text-lines.ts'
import { type GoMod, readGoMod } from './go-mod.ts'
import { goPackage } from './go-package.ts'
import { isModulePath, isVersion } from './modules.ts'

/**
 * What the module asks for, believed only where nothing is vendored beside it. From Go 1.17 on that is all of it; older
 * ones leave out what their dependencies need. Folders named `testdata` are none of Go's business.
 */
export default defineCataloger({
  id: 'go-mod',
  version: 1,
  ecosystem: 'golang',
  proves: 'declared',
  title: 'Go module file (go.mod), with the hashes of go.sum',
  spec: 'https://go.dev/ref/mod#go-mod-file',
  files: ['**/go.mod', '**/go.sum'],
  finds: ['packages', 'hashes'],

  async catalog(file, context) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1)
    const isOverruled = context.typeOf(`${folder}vendor/modules.txt`) === 'file'
    if (file.path.endsWith('go.sum') || isOverruled || isPackaging(file.path) || /(?:^|\/)testdata\//.test(folder)) {
      return []
    }
    const location = `/${file.path}`
    return withCounts(
      outcomesOf(readGoMod(await file.text()), hashesOf(`${folder}go.sum`, context), location),
      location,
    )
  },
})

function* outcomesOf({ required, damagedLines }: GoMod, hashes: Hashes, location: string): Generator<Outcome> {
  for (const { path, version } of required) {
    if (version === undefined) yield 'no-version'
    else if (!isModulePath(path) || !isVersion(version)) yield 'unreadable'
    else yield goPackage({ path, version }, location, hashes.get(`${path} ${version}`))
  }
  for (let count = 0; count < damagedLines; count++) yield 'unreadable'
}

/** By path and version. */
type Hashes = ReadonlyMap<string, readonly PackageHash[]>

/** `h1:` is SHA-256 over the hashes of all files of a module: https://go.dev/ref/mod#go-sum-files */
function hashesOf(path: string, context: CatalogContext): Hashes {
  const hashes = new Map<string, readonly PackageHash[]>()
  for (const line of linesOf(context.contentOf(path)?.toString('utf8') ?? '')) {
    const [, module, sum] = /^(\S{1,1024} [^\s/]{1,256}) h1:([A-Za-z0-9+/]{43}=)$/.exec(line) ?? []
    if (module === undefined || sum === undefined) continue
    hashes.set(module, [{ algorithm: 'sha256', value: Buffer.from(sum, 'base64').toString('hex') }])
  }
  return hashes
}
