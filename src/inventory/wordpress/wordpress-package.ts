import type { Found } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'

interface Extension {
  readonly kind: 'plugin' | 'theme'
  /** The name of its folder or file, by which the directory of WordPress knows it. */
  readonly slug: string
  readonly fields: ReadonlyMap<string, string>
  readonly dependencies: readonly string[]
}

export function foundExtension({ kind, slug, fields, dependencies }: Extension, location: string): Found {
  const licence = fields.get('license')
  const licences = licence === undefined || licence === '' ? [] : [licence]
  const version = fields.get('version') ?? ''
  const listed = { name: slug, version, ecosystem: 'wordpress', licences, dependencies } as const
  const found = listedPackage({ ...listed, purl: { type: `wordpress-${kind}` } }, location)
  if (found !== undefined) return { package: found }
  return { unknown: { path: location, reason: `the WordPress ${kind} ${slug} does not say its version` } }
}
