import type { Package } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'

/** `undefined` when name or version is nothing npm could have installed. */
export function npmPackage(name: string, version: string, location: string): Package | undefined {
  const cleanVersion = /^[=v\s]{0,5}([!-~]{1,256})\s{0,5}$/.exec(version)?.[1]
  if (cleanVersion === undefined || !/^[!-~]{1,400}$/.test(name)) return undefined
  const slash = name.startsWith('@') ? name.indexOf('/') : -1
  const namespace = slash === -1 ? undefined : name.slice(0, slash)
  const baseName = name.slice(slash + 1)
  if (baseName === '') return undefined
  return {
    purl: formatPurl({ type: 'npm', namespace, name: baseName, version: cleanVersion }),
    name,
    version: cleanVersion,
    ecosystem: 'npm',
    locations: [location],
  }
}
