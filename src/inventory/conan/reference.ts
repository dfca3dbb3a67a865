import type { Package } from '#model/package.ts'
import { listedPackage } from '../listed-package.ts'
import type { Outcome } from '../outcomes.ts'

/** A recipe reference: `name/version@user/channel#revision`. */
interface Reference {
  readonly name: string
  readonly version: string
  readonly user?: string | undefined
  readonly channel?: string | undefined
  readonly revision?: string | undefined
}

interface Where {
  readonly location: string
  readonly dependencies?: readonly string[] | undefined
}

/** `undefined` when the text is no reference. What follows the revision, a timestamp or a package id, is passed over. */
function parseReference(text: string): Reference | undefined {
  const found =
    /^(?<name>[\w+.-]{1,101})\/(?<version>\[[^\]\n]{0,200}\]|[^@#:%\s/]{1,101})(?:@(?:(?<user>[\w+.-]{1,101})\/(?<channel>[\w+.-]{1,101})|(?<only>[\w+.-]{1,101}))?)?(?:#(?<revision>[\w*]{1,64}))?(?:[%:].{0,200})?$/.exec(
      text,
    )?.groups
  if (found === undefined) return undefined
  const { name = '', version = '', user, channel, only, revision } = found
  return { name, version, user: named(user ?? only), channel: named(channel), revision: named(revision) }
}

/** An underscore stands for nothing, an asterisk for the latest. */
function named(text: string | undefined): string | undefined {
  return text === '_' || text === '*' ? undefined : text
}

/** The package that a reference names. */
export function referencedPackage(text: string, where: Where): Outcome {
  const reference = parseReference(text.trim())
  if (reference === undefined) return 'unreadable'
  if (reference.version.startsWith('[')) return 'no-version'
  return conanPackage(reference, where) ?? 'unreadable'
}

/** The name that a reference begins with. */
export function nameOfReference(text: string): string | undefined {
  return parseReference(text)?.name
}

export function conanPackage(reference: Reference, { location, dependencies }: Where): Package | undefined {
  const { name, version, user, channel, revision } = reference
  const qualifiers = { user, channel, rrev: revision }
  return listedPackage({ name, version, ecosystem: 'conan', dependencies, purl: { qualifiers } }, location)
}
