import type { Distribution } from '#model/distribution.ts'
import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'
import { distroQualifier } from '../distribution.ts'
import type { Origin } from '../system-package.ts'
import type { RpmHeader } from './rpm-header.ts'

export function rpmPackage(header: RpmHeader, { path, distribution }: Origin): Package {
  const { name, architecture, vendor, license } = header
  return {
    purl: rpmPurl(header, distribution),
    name,
    version: withEpoch(header, `${header.version}-${header.release}`),
    ecosystem: 'rpm',
    source: sourceOf(header),
    architecture,
    module: moduleOf(header),
    vendor,
    licences: license === undefined ? undefined : [license],
    locations: [path],
  }
}

/** Its release says that it was built for a module, but not for which stream. */
export function lacksModule(header: RpmHeader): boolean {
  return /\.module[_+]/.test(header.release) && moduleOf(header) === undefined
}

function rpmPurl(header: RpmHeader, distribution: Distribution | undefined): string {
  return formatPurl({
    type: 'rpm',
    namespace: distribution?.id,
    name: header.name,
    version: `${header.version}-${header.release}`,
    qualifiers: {
      arch: header.architecture,
      distro: distroQualifier(distribution),
      epoch: isZero(header.epoch) ? undefined : String(header.epoch),
      upstream: header.sourceRpm,
    },
  })
}

/** rpm orders a missing epoch and epoch 0 the same, so both are written the same: not at all. */
export function withEpoch({ epoch }: RpmHeader, version: string): string {
  return isZero(epoch) ? version : `${epoch}:${version}`
}

function isZero(epoch: number | undefined): boolean {
  return epoch === undefined || epoch === 0
}

/** `name-version-release.src.rpm`; the file name has no epoch, so the binary package lends its own. */
function sourceOf(header: RpmHeader): Package['source'] {
  const stem = header.sourceRpm?.replace(/\.(?:no)?src\.rpm$/, '').split('-')
  if (stem === undefined || stem.length < 3) return undefined
  const name = stem.slice(0, -2).join('-')
  return name === '' ? undefined : { name, version: withEpoch(header, stem.slice(-2).join('-')) }
}

/** `name:stream` of `name:stream:version:context`. */
function moduleOf({ modularityLabel }: RpmHeader): string | undefined {
  const [name, stream] = modularityLabel?.split(':') ?? []
  return name === undefined || name === '' || stream === undefined || stream === '' ? undefined : `${name}:${stream}`
}
