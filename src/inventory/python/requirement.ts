import type { PackageHash } from '#model/package.ts'
import { isPythonName, normalizedName } from './python-package.ts'

/** A dependency specifier (PEP 508): `name[extra] ==1.0 ; marker` or `name @ address ; marker`. */
export interface Requirement {
  readonly name: string
  /** Where exactly one version satisfies it. */
  readonly version: string | undefined
  /** Where it is at an address. */
  readonly address: string | undefined
  readonly marker: string
}

export function parseRequirement(text: string): Requirement | undefined {
  const [, name = '', rest = ''] =
    /^\s{0,20}([A-Za-z0-9][A-Za-z0-9._-]{0,399})\s{0,20}(?:\[[^\]]{0,1000}\])?(.*)$/s.exec(text) ?? []
  if (!isPythonName(name)) return undefined
  const plain = rest.trim()
  if (plain.startsWith('@')) {
    const [, address = '', marker = ''] = /^@\s{0,20}(\S{1,4000})(?:\s{1,20};(.*))?$/s.exec(plain) ?? []
    return { name, version: versionOfArchive(address, name), address, marker: marker.trim() }
  }
  const semicolon = plain.indexOf(';')
  const range = (semicolon === -1 ? plain : plain.slice(0, semicolon)).trim()
  const marker = semicolon === -1 ? '' : plain.slice(semicolon + 1).trim()
  if (!/^(?:\(?\s*[<>=!~]|$)/.test(range)) return undefined
  return { name, version: pinnedVersion(range), address: undefined, marker }
}

/** `==1.0` and `===1.0`, but not `==1.*`. */
export function pinnedVersion(range: string): string | undefined {
  return /^\(?\s{0,20}={2,3}\s{0,20}([^\s*,;()<>=~]{1,200})\s{0,20}\)?$/.exec(range.trim())?.[1]
}

/** Names of what is needed without any extra, each once as it is first written. */
export function requiredNames(requirements: readonly string[]): readonly string[] | undefined {
  const names = requirements.flatMap((text) => {
    const requirement = parseRequirement(text)
    return requirement === undefined || asksForExtra(requirement.marker) ? [] : [requirement.name]
  })
  return names.length === 0 ? undefined : [...new Set(names)]
}

export function asksForExtra(marker: string): boolean {
  return /\bextra\s{0,20}==/.test(marker)
}

/** The version in the name of a wheel or of a source archive of that package. */
export function versionOfArchive(address: string, name: string): string | undefined {
  const path = /^[^?#]{0,4000}/.exec(address)?.[0] ?? ''
  const file = path.slice(path.lastIndexOf('/') + 1).replaceAll(/%2B/gi, '+')
  const [, wheelName = '', wheelVersion] =
    /^([A-Za-z0-9._]{1,400})-([^-]{1,200})(?:-[^-]{1,100}){3,4}\.whl$/.exec(file) ?? []
  if (wheelVersion !== undefined) return isSame(wheelName, name) ? wheelVersion : undefined
  const base = /^(.{1,600})\.(?:tar\.gz|tar\.bz2|tgz|zip)$/.exec(file)?.[1] ?? ''
  const dash = base.lastIndexOf('-')
  const version = base.slice(dash + 1)
  return dash !== -1 && isSame(base.slice(0, dash), name) && /^\d/.test(version) ? version : undefined
}

function isSame(a: string, b: string): boolean {
  return normalizedName(a) === normalizedName(b)
}

const lengths = { md5: 32, sha1: 40, sha256: 64, sha384: 96, sha512: 128 } satisfies Record<
  PackageHash['algorithm'],
  number
>

/** Of `sha256:…`, as lock files and requirements write it. A package is published as several files, each with its own. */
export function fileHashes(texts: readonly (string | undefined)[]): readonly PackageHash[] | undefined {
  const hashes = [...new Set(texts)].flatMap((text) => {
    const [, algorithm = '', value = ''] =
      /^(md5|sha1|sha256|sha384|sha512)[:=]([0-9a-fA-F]{32,128})$/.exec(text ?? '') ?? []
    return isAlgorithm(algorithm) && value.length === lengths[algorithm]
      ? [{ algorithm, value: value.toLowerCase() }]
      : []
  })
  return hashes.length === 0 ? undefined : hashes
}

function isAlgorithm(text: string): text is PackageHash['algorithm'] {
  return Object.hasOwn(lengths, text)
}
