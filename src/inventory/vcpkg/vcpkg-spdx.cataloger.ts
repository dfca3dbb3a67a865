import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseJson } from '#kit/json.ts'
import type { PackageHash } from '#model/package.ts'
import { defineCataloger, type Found } from '../cataloger.ts'
import { optionalText } from '../members.ts'
import { vcpkgPackage } from './vcpkg-package.ts'

const Checksum = z.object({ algorithm: z.string(), checksumValue: z.string() })
const Element = z.object({
  SPDXID: z.string(),
  name: optionalText,
  versionInfo: optionalText,
  licenseConcluded: optionalText,
  licenseDeclared: optionalText,
  checksums: z.array(Checksum).catch([]),
})
const Document = z.object({ packages: z.array(z.unknown()) })

/**
 * What vcpkg writes beside every package that it installs. The port is the package; the archive it was built from gives
 * the hash, if there is but one. Folders of packages that are still to be installed are passed over.
 */
export default defineCataloger({
  id: 'vcpkg-spdx',
  version: 1,
  ecosystem: 'vcpkg',
  proves: 'installed',
  title: 'Installed vcpkg packages (vcpkg.spdx.json)',
  spec: 'https://learn.microsoft.com/en-us/vcpkg/reference/software-bill-of-materials',
  files: ['**/share/*/vcpkg.spdx.json'],
  finds: ['packages', 'architectures', 'licences', 'hashes'],

  async catalog(file) {
    if (/(?:^|\/)(?:packages\/[^/]+|buildtrees\/.*)\/share\/[^/]+\/vcpkg\.spdx\.json$/.test(file.path)) return []
    return [portOf(await file.text(), file.path)]
  },
})

function portOf(text: string, path: string): Found {
  const location = `/${path}`
  const { packages } = parseJson(Document, text, location)
  const elements = packages.flatMap((value) => Element.safeParse(value).data ?? [])
  const port = elements.find(({ SPDXID }) => SPDXID === 'SPDXRef-port')
  const licences = [port?.licenseDeclared, port?.licenseConcluded].filter(isLicence).slice(0, 1)
  const resources = elements.filter(({ SPDXID }) => SPDXID.startsWith('SPDXRef-resource-'))
  const hashes = resources.length === 1 ? resources.flatMap(({ checksums }) => checksums.flatMap(hashOf)) : []
  const { name = '', versionInfo: version = '' } = port ?? {}
  const found = vcpkgPackage({ name, version, triplet: tripletOf(path), licences, hashes }, location)
  if (found === undefined) throw new Problem('malformed', 'it does not name a port and its version', { at: location })
  return { package: found }
}

function isLicence(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text !== 'NOASSERTION' && text !== 'NONE'
}

function tripletOf(path: string): string | undefined {
  return /(?:^|\/)([^/]{1,100})\/share\/[^/]+\/vcpkg\.spdx\.json$/.exec(path)?.[1]
}

function hashOf({ algorithm, checksumValue }: z.infer<typeof Checksum>): PackageHash[] {
  const value = checksumValue.toLowerCase()
  if (algorithm === 'SHA512' && /^[0-9a-f]{128}$/.test(value)) return [{ algorithm: 'sha512', value }]
  return algorithm === 'SHA256' && /^[0-9a-f]{64}$/.test(value) ? [{ algorithm: 'sha256', value }] : []
}
