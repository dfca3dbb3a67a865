import { itemsLimit, type Needs } from '../providers.ts'

/** deb-control(5), Depends: `a (>= 1), b:any | c [amd64]` without versions and architectures. */
export function needsOf(field: string | undefined): Needs {
  if (field === undefined) return []
  return field
    .split(',', itemsLimit)
    .map((clause) => clause.split('|', alternativesLimit).flatMap((one) => nameOf(one) ?? []))
    .filter((alternatives) => alternatives.length > 0)
}

/** The same for Provides. */
export function providedBy(field: string | undefined): readonly string[] {
  return needsOf(field).flat()
}

const alternativesLimit = 100

function nameOf(relation: string): string | undefined {
  return /^[^\s:([<>=]{1,400}/.exec(relation.trimStart())?.[0]
}
