import { Problem } from '#kit/errors.ts'
import type { Package } from '#model/package.ts'
import { linesOf } from '../text-lines.ts'
import { pythonPackage } from './python-package.ts'
import { requiredNames } from './requirement.ts'

const single = ['name', 'version', 'license', 'license-expression'] as const
type Single = (typeof single)[number]

interface CoreMetadata {
  readonly fields: ReadonlyMap<Single, string>
  readonly classifiers: readonly string[]
  readonly requirements: readonly string[]
}

/** The package that METADATA or PKG-INFO describes. Throws `malformed` where it has no name or version. */
export function describedPackage(text: string, location: string): Package {
  const { fields, classifiers, requirements } = readHeaders(text)
  const found = pythonPackage(
    {
      name: fields.get('name') ?? '',
      version: fields.get('version') ?? '',
      licences: licencesOf(fields, classifiers),
      dependencies: requiredNames(requirements),
    },
    location,
  )
  if (found === undefined) throw new Problem('malformed', 'there is no proper name or version in it', { at: location })
  return found
}

/** Headers as in mail, up to the first blank line; a header goes on in lines that begin with a blank. */
function readHeaders(text: string): CoreMetadata {
  const fields = new Map<Single, string>()
  const classifiers: string[] = []
  const requirements: string[] = []
  let last: Single | undefined
  for (const line of linesOf(text.replace(/^\uFEFF/, ''))) {
    if (line.trim() === '') break
    if (/^[ \t]/.test(line)) {
      if (last !== undefined) fields.set(last, manyLines)
      continue
    }
    const colon = line.indexOf(':')
    const key = line.slice(0, Math.max(0, colon)).toLowerCase()
    const value = line.slice(colon + 1, colon + 4001).trim()
    last = single.find((name) => name === key)
    if (last !== undefined && !fields.has(last)) fields.set(last, value)
    if (key === 'classifier') classifiers.push(value)
    if (key === 'requires-dist') requirements.push(value)
  }
  return { fields, classifiers, requirements }
}

/** A field of several lines is a text, not a name. */
const manyLines = ''

/**
 * An expression is the newest way to say it and overrides the others. `License` is free text, of which a short line is
 * taken; where it says nothing, the classifiers do, whose last part is the name.
 */
function licencesOf(fields: CoreMetadata['fields'], classifiers: readonly string[]): readonly string[] | undefined {
  const stated = [fields.get('license-expression'), fields.get('license')].find(isStatement)
  if (stated !== undefined) return [stated]
  const names = classifiers.flatMap((line) => /^License :: (?:.{1,400} :: )?([^:]{1,200})$/.exec(line)?.[1] ?? [])
  const distinct = [...new Set(names)].filter((name) => name !== 'OSI Approved')
  return distinct.length === 0 ? undefined : distinct
}

function isStatement(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text.length <= 200 && !/^(?:unknown|none)$/i.test(text)
}
