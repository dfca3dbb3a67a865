import { z } from 'zod'
import { parseJson } from '#kit/json.ts'
import { defineCataloger } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { vcpkgPackage } from './vcpkg-package.ts'

const text = z.string().optional()
const Dependency = z.union([
  z.string().transform((name) => ({ name, host: false })),
  z.object({ name: z.string(), host: z.boolean().default(false) }),
])
const Override = z.object({
  name: z.string(),
  version: text,
  'version-string': text,
  'version-semver': text,
  'version-date': text,
  'port-version': z.number().int().nonnegative().optional(),
})
const Manifest = z.object({
  dependencies: z.array(z.unknown()).default([]),
  overrides: z.array(z.unknown()).default([]),
})

/**
 * Only an override says which version it will be; `version>=` is the least one. Tools that run while building (`host`)
 * are left out. The recipe of a port is a manifest too, but of the port.
 */
export default defineCataloger({
  id: 'vcpkg-manifest',
  version: 1,
  ecosystem: 'vcpkg',
  proves: 'declared',
  title: 'vcpkg manifest (vcpkg.json)',
  spec: 'https://learn.microsoft.com/en-us/vcpkg/reference/vcpkg-json',
  files: ['**/vcpkg.json'],
  finds: ['packages'],

  async catalog(file) {
    if (isPackaging(file.path) || /(?:^|\/)(?:ports|buildtrees)\//.test(file.path)) return []
    const location = `/${file.path}`
    const { dependencies, overrides } = parseJson(Manifest, (await file.text()).replace(/^\uFEFF/, ''), location)
    return withCounts(outcomesOf(dependencies, overrides, location), location)
  },
})

function* outcomesOf(
  dependencies: readonly unknown[],
  overrides: readonly unknown[],
  location: string,
): Generator<Outcome> {
  const settled = new Set<string>()
  for (const value of overrides) {
    const override = Override.safeParse(value).data
    const version = override && versionOf(override)
    if (override !== undefined) settled.add(override.name)
    yield override === undefined || version === undefined
      ? 'unreadable'
      : (vcpkgPackage({ name: override.name, version }, location) ?? 'unreadable')
  }
  for (const value of dependencies) {
    const dependency = Dependency.safeParse(value).data
    if (dependency === undefined) yield 'unreadable'
    else yield dependency.host || settled.has(dependency.name) ? 'left-out' : 'no-version'
  }
}

function versionOf(override: z.infer<typeof Override>): string | undefined {
  const version =
    override.version ?? override['version-string'] ?? override['version-semver'] ?? override['version-date']
  const revision = override['port-version']
  return version === undefined || revision === undefined ? version : `${version}#${revision}`
}
