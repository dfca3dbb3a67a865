import { z } from 'zod'
import { listedPackage } from '../listed-package.ts'
import { Members, optionalText, texts } from '../members.ts'
import type { Outcome } from '../outcomes.ts'

const Entry = z.object({
  name: z.string(),
  version: optionalText,
  license: z.union([z.string().transform((licence) => [licence]), texts]),
  dist: z.object({ type: optionalText, shasum: optionalText }).optional().catch(undefined),
  require: Members.optional().catch(undefined),
})

export interface ComposerPackage {
  readonly outcome: Outcome
  /** Put there from a folder of the project rather than from a repository. */
  readonly isFromFolder: boolean
}

/** Reads an entry as Composer writes it into its lock file and beside what it installed. */
export function composerPackage(value: unknown, location: string): ComposerPackage {
  const entry = Entry.safeParse(value)
  if (!entry.success) return { outcome: 'unreadable', isFromFolder: false }
  const isFromFolder = entry.data.dist?.type === 'path'
  return { outcome: outcomeOf(entry.data, location), isFromFolder }
}

function outcomeOf({ name, version, license, dist, require = {} }: z.infer<typeof Entry>, location: string): Outcome {
  const [, vendor, project] = /^([^/]{1,200})\/([^/]{1,200})$/.exec(name) ?? []
  if (vendor === undefined || project === undefined) return 'unreadable'
  if (version === undefined || isBranch(version)) return 'no-version'
  const shasum = dist?.shasum ?? ''
  const found = listedPackage(
    {
      ecosystem: 'composer',
      name,
      version,
      licences: license,
      hashes: /^[\da-f]{40}$/.test(shasum) ? [{ algorithm: 'sha1', value: shasum }] : [],
      dependencies: Object.keys(require).filter((needed) => needed.includes('/')),
      purl: { namespace: vendor, name: project },
    },
    location,
  )
  return found ?? 'unreadable'
}

/** `dev-main`, `2.x-dev`. */
function isBranch(version: string): boolean {
  return version.startsWith('dev-') || version.endsWith('-dev')
}
