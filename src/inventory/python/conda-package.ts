import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'

type Listed = Pick<Package, 'name' | 'version' | 'licences' | 'hashes' | 'dependencies'> & {
  readonly build?: string | undefined
  /** Its name or address. */
  readonly channel?: string | undefined
  readonly subdir?: string | undefined
  /** Of the file it came in, `tar.bz2` or `conda`. */
  readonly type?: string | undefined
}

/** `undefined` when name or version is nothing conda could have installed. */
export function condaPackage(listed: Listed, location: string): Package | undefined {
  const { name, version, build, channel, subdir, type, licences, hashes, dependencies } = listed
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,399}$/.test(name) || !/^[!-~]{1,200}$/.test(version)) return undefined
  return {
    purl: formatPurl({
      type: 'conda',
      name,
      version,
      qualifiers: { build, channel: channelName(channel, subdir), subdir, type },
    }),
    name,
    version,
    ecosystem: 'conda',
    licences,
    hashes,
    dependencies,
    locations: [location],
  }
}

/** `conda-forge` of `https://conda.anaconda.org/conda-forge/linux-64`, `main` of `https://repo.anaconda.com/pkgs/main/noarch`. */
function channelName(channel: string | undefined, subdir: string | undefined): string | undefined {
  if (channel === undefined || channel.length > 1000) return undefined
  const segments = channel.split('/').filter((segment) => segment !== '')
  return segments.at(-1) === subdir ? segments.at(-2) : segments.at(-1)
}
