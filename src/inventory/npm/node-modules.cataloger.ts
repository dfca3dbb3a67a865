import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { integrityHashes } from './integrity.ts'
import { npmPackage } from './npm-package.ts'
import { declaredLicences, neededNames } from './package-facts.ts'

/** A value of another type counts as absent. */
const text = z.string().optional().catch(undefined)
const whatever = z.unknown().optional()
const PackageJson = z.object({
  name: text,
  version: text,
  license: whatever,
  licenses: whatever,
  dependencies: whatever,
  optionalDependencies: whatever,
  peerDependencies: whatever,
  peerDependenciesMeta: whatever,
  _integrity: whatever,
})

/**
 * Packages as they lie on disk, each place of its own. Only the root of a package counts; the name is the one inside
 * the file, which is not the folder's where a package was installed under an alias. Without name or version it is no
 * package (`{"type": "module"}` is a common one).
 */
export default defineCataloger({
  id: 'node-modules',
  version: 2,
  ecosystem: 'npm',
  proves: 'installed',
  title: 'Installed npm packages (node_modules)',
  spec: 'https://docs.npmjs.com/cli/v11/configuring-npm/package-json',
  files: ['**/node_modules/*/package.json', '**/node_modules/@*/*/package.json'],
  // Debian's packages keep their modules here, and `node_modules` is a link to it. They are patched and judged as Debian's.
  exceptLinked: ['usr/share/nodejs', 'usr/lib/nodejs', 'usr/lib/*/nodejs'],
  finds: ['packages', 'licences', 'hashes', 'dependencies'],

  async catalog(file) {
    if (!isPackageRoot(file.path)) return []
    const location = `/${file.path}`
    const content = parseJson(PackageJson, withoutMark(await file.text()), location)
    const { name = '', version = '', _integrity: integrity } = content
    if (name === '' || version === '') return []
    const facts = {
      licences: declaredLicences(content.license, content.licenses),
      // Written by npm before version 7.
      hashes: integrityHashes(integrity),
      dependencies: neededNames(content),
    }
    const found = npmPackage({ name, version, ...facts }, location)
    return [
      found === undefined
        ? { unknown: { path: location, reason: 'its name or version is not one that npm knows' } }
        : { package: found },
    ]
  },
})

/** Folders with a leading dot belong to tools, and `@scope` itself is no package. */
function isPackageRoot(path: string): boolean {
  return /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(path)
}

function withoutMark(content: string): string {
  return content.replace(/^\uFEFF/, '')
}
