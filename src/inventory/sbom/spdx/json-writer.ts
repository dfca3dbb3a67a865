import { jsonText } from '#kit/json.ts'
import type { SbomDocument } from '../document.ts'
import { spdxOf } from './shape.ts'

/** Empty lists are left out: they say that there is none, which is more than we know. */
export function spdxJson(document: SbomDocument): string {
  const { packages, ...spdx } = spdxOf(document)
  return jsonText({ ...withoutEmptyLists(spdx), packages: packages.map(withoutEmptyLists) })
}

function withoutEmptyLists(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => !Array.isArray(member) || member.length > 0))
}
