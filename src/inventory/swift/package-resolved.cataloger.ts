import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseJson } from '#kit/json.ts'
import type { Package } from '#model/package.ts'
import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { optionalText } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'

const pins = z.array(z.unknown())
/** Version 1 has the list one level deeper. */
const Resolved = z.object({ pins: pins.optional(), object: z.object({ pins }).optional() })
const Pin = z.object({
  identity: optionalText,
  kind: optionalText,
  location: optionalText,
  repositoryURL: optionalText,
  state: z.object({ version: optionalText }),
})

/** Packages that follow a branch or a commit have no version; those of the same machine are the user's own code. */
export default defineCataloger({
  id: 'package-resolved',
  version: 1,
  ecosystem: 'swift',
  proves: 'locked',
  title: 'Swift Package Manager lock file (Package.resolved)',
  spec: 'https://docs.swift.org/swiftpm/documentation/packagemanagerdocs/resolvingpackageversions',
  files: ['**/Package.resolved'],
  finds: ['packages'],

  async catalog(file) {
    if (isPackaging(file.path) || /(?:^|\/)(?:\.build|SourcePackages)\/checkouts\//.test(file.path)) return []
    const location = `/${file.path}`
    const { pins: list, object } = parseJson(Resolved, await file.text(), location)
    const values = list ?? object?.pins
    if (values === undefined) throw new Problem('malformed', 'it has no list of pins')
    return withCounts(outcomesOf(values, location), location)
  },
})

function* outcomesOf(values: readonly unknown[], location: string): Generator<Outcome> {
  for (const value of values) {
    const pin = Pin.safeParse(value)
    yield pin.success ? outcomeOf(pin.data, location) : 'unreadable'
  }
}

function outcomeOf({ identity = '', kind, state, ...pin }: z.infer<typeof Pin>, location: string): Outcome {
  const { version } = state
  const address = pin.location ?? pin.repositoryURL ?? ''
  if (kind === 'localSourceControl' || kind === 'fileSystem' || /^(?:\/|file:|\.)/.test(address)) return 'left-out'
  if (version === undefined) return 'no-version'
  const found = kind === 'registry' ? fromRegistry(identity, version, location) : fromGit(address, version, location)
  return found ?? 'unreadable'
}

/** `https://github.com/apple/swift-nio.git` and `git@github.com:apple/swift-nio` are known as `github.com/apple/swift-nio`. */
function fromGit(address: string, version: string, location: string): Package | undefined {
  const [, host, path] =
    /^(?:[a-z+]{1,20}:\/\/)?(?:[^/@]{1,300}@)?([^/:@]{1,253})(?::\d{1,5}(?=\/))?[/:]([^?#]{1,1000})$/.exec(address) ??
    []
  const parts = (path ?? '')
    .replace(/\.git$/, '')
    .split('/')
    .filter((part) => part !== '')
  const name = parts.pop()
  if (host === undefined || name === undefined) return undefined
  const namespace = [host.toLowerCase(), ...parts].join('/')
  return listedPackage(
    { ecosystem: 'swift', name: `${namespace}/${name}`, version, purl: { namespace, name } },
    location,
  )
}

/** `mona.LinkedList`: a scope and a name. */
function fromRegistry(identity: string, version: string, location: string): Package | undefined {
  const [, namespace, name] = /^([^./]{1,100})\.([^./]{1,200})$/.exec(identity) ?? []
  if (namespace === undefined || name === undefined) return undefined
  return listedPackage({ ecosystem: 'swift', name: identity, version, purl: { namespace, name } }, location)
}
