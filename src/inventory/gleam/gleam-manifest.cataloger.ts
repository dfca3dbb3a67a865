import { z } from 'zod'
import { parseToml } from '#kit/toml.ts'
import type { PackageHash } from '#model/package.ts'
import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { optionalText, texts } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'

const Manifest = z.object({ packages: z.array(z.unknown()).optional() })
const Entry = z.object({
  name: z.string(),
  version: z.string(),
  source: z.string(),
  requirements: texts,
  outer_checksum: optionalText,
})

/** Many a project has a file of this name; one without packages is not Gleam's. Folders beside it are the user's own. */
export default defineCataloger({
  id: 'gleam-manifest',
  version: 1,
  ecosystem: 'hex',
  proves: 'locked',
  title: 'Gleam lock file (manifest.toml)',
  spec: 'https://gleam.run/reference/gleam-toml/',
  files: ['**/manifest.toml'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    const folder = file.path.slice(0, -'manifest.toml'.length)
    if (
      isPackaging(folder) ||
      /(?:^|\/)build\/packages\//.test(folder) ||
      context.typeOf(`${folder}gleam.toml`) !== 'file'
    )
      return []
    const location = `/${file.path}`
    const { packages = [] } = parseToml(Manifest, await file.text(), location)
    return withCounts(
      packages.map((value) => outcomeOf(value, location)),
      location,
    )
  },
})

function outcomeOf(value: unknown, location: string): Outcome {
  const entry = Entry.safeParse(value).data
  if (entry === undefined) return 'unreadable'
  const { name, version, source, requirements: dependencies, outer_checksum: checksum = '' } = entry
  if (source !== 'hex') return source === 'local' ? 'left-out' : 'no-version'
  const listed = { name, version, ecosystem: 'hex', dependencies, hashes: archiveHash(checksum) } as const
  return listedPackage(listed, location) ?? 'unreadable'
}

function archiveHash(checksum: string): PackageHash[] {
  const value = checksum.toLowerCase()
  return /^[0-9a-f]{64}$/.test(value) ? [{ algorithm: 'sha256', value }] : []
}
