import { defineCataloger, type Steps } from '../cataloger.ts'
import type { Origin } from '../system-package.ts'
import { isWord } from '../system-package.ts'
import type { RpmHeader } from './rpm-header.ts'
import { rpmPackage } from './rpm-package.ts'

/** Images of Azure Linux without a package manager have a list instead of the database; the first one lacks fields. */
export default defineCataloger({
  id: 'rpm-manifest',
  version: 1,
  ecosystem: 'rpm',
  proves: 'installed',
  title: 'rpm manifest (distroless Azure Linux)',
  spec: 'https://github.com/microsoft/azurelinux/blob/3.0/toolkit/docs/formats/imageconfig.md',
  files: ['var/lib/rpmmanifest/container-manifest-2'],
  finds: ['packages', 'sources', 'architectures'],

  async catalog(file, { distribution }) {
    return catalogText(await file.text(), { path: `/${file.path}`, distribution })
  },
})

function* catalogText(text: string, origin: Origin): Steps {
  let damaged = 0
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    const line = text.slice(start, end)
    const header = readLine(line)
    if (header !== undefined) yield header.name === 'gpg-pubkey' ? undefined : { package: rpmPackage(header, origin) }
    else if (line.trim() !== '') damaged += 1
    else yield undefined
    start = end + 1
  }
  if (damaged > 0) yield { unknown: { path: origin.path, reason: `lines that describe no package: ${damaged}` } }
}

/** Name, version-release, times of installation and build, vendor, epoch, size, architecture, epoch again, source. */
function readLine(line: string): RpmHeader | undefined {
  const fields = line.split('\t', 11)
  if (fields.length < 10) return undefined
  const [name = '', versionRelease = '', , , vendor, epoch = '', , architecture, epochNumber = '', sourceRpm] = fields
  const [version, release, more] = versionRelease.split('-', 3)
  if (!isWord(name) || !isWord(versionRelease) || !version || !release || more !== undefined) return undefined
  return {
    name,
    version,
    release,
    epoch: numberOf(epochNumber) ?? numberOf(epoch),
    architecture: told(architecture),
    sourceRpm: told(sourceRpm),
    vendor: told(vendor),
    license: undefined,
    modularityLabel: undefined,
  }
}

function told(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text === '(none)' ? undefined : text.slice(0, 400)
}

function numberOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}
