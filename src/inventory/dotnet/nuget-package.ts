import type { Package, PackageHash } from '#model/package.ts'
import { formatPurl } from '#model/purl.ts'

type NugetParts = Pick<Package, 'name' | 'version' | 'licences' | 'hashes' | 'dependencies'>

/** `undefined` when name or version is not such as NuGet has; the version as it was published, without build metadata. */
export function nugetPackage({ name, version, ...more }: NugetParts, location: string): Package | undefined {
  const [, plain] = /^(\d{1,9}(?:\.\d{1,9}){0,3}(?:-[\w.-]{1,200})?)(?:\+[\w.-]{1,300})?$/.exec(version) ?? []
  if (plain === undefined || !/^\w[\w.-]{0,199}$/.test(name)) return undefined
  const purl = formatPurl({ type: 'nuget', name, version: plain })
  const lists = Object.entries(more).filter(([, list]) => list !== undefined && list.length > 0)
  return { purl, name, version: plain, ecosystem: 'nuget', ...Object.fromEntries(lists), locations: [location] }
}

/** `Name/1.2.3`, as .NET writes a library. */
export function splitLibrary(key: string): { readonly name: string; readonly version: string } {
  const slash = key.indexOf('/')
  return { name: key.slice(0, Math.max(slash, 0)), version: slash === -1 ? '' : key.slice(slash + 1) }
}

/** SHA-512 of the package in Base64, with or without its name before it. */
export function sha512Of(text: string | undefined): readonly PackageHash[] {
  const [, digits] = /^(?:sha512-)?([A-Za-z\d+/]{86}==)$/.exec(text ?? '') ?? []
  return digits === undefined ? [] : [{ algorithm: 'sha512', value: Buffer.from(digits, 'base64').toString('hex') }]
}

/** Folders that NuGet and others fill: what lies there describes somebody else's build. */
export function isPackaged(path: string): boolean {
  return /(?:^|\/)(?:node_modules|\.nuget|site-packages|dist-packages)\//.test(path)
}
