import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { texts } from '../members.ts'
import { nimPackage } from './nim-package.ts'

const versions = z.object({ specialVersions: texts })
const Meta = z.object({ metaData: versions.optional().catch(undefined) })

/**
 * The folder says what it is: `name-version` in `pkgs`, with a checksum behind it in `pkgs2`. What was installed from a
 * branch has the branch for a version, and the real one among its special versions, if the file knows it.
 */
export default defineCataloger({
  id: 'nimble-installed',
  version: 1,
  ecosystem: 'nim',
  proves: 'installed',
  title: 'Installed Nimble packages (nimblemeta.json)',
  spec: 'https://nim-lang.github.io/nimble/folder-structure.html',
  files: ['**/pkgs/*/nimblemeta.json', '**/pkgs2/*/nimblemeta.json'],
  finds: ['packages', 'hashes'],

  async catalog(file) {
    const folder = /\/([^/]+)\/nimblemeta\.json$/.exec(file.path)?.[1] ?? ''
    return [installed(folder, await file.text(), `/${file.path}`)]
  },
})

function installed(folder: string, text: string, location: string): Found {
  const { metaData } = parseJson(Meta, text, location)
  const [, name = '', written = '', sha1] =
    /^([\w.+]{1,200})-(\d[^-]{0,100}|#.{1,200}?)(?:-([0-9a-f]{40}))?$/.exec(folder) ?? []
  const version = /^\d/.test(written) ? written : metaData?.specialVersions.find((special) => /^\d/.test(special))
  const found = version === undefined ? undefined : nimPackage({ name, version, sha1 }, location)
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: 'its folder does not name a package and its version' } }
}
