import { baseOf, parentOf } from '#kit/path.ts'
import type { Ecosystem } from '#model/ecosystem.ts'
import type { Purl } from '#model/purl.ts'
import type { Evidence } from './evidence.ts'

/** One kind of software, and how to tell it and its version from what its files are called and hold. */
export interface Family {
  /** As in the package URL, unless `purl` says otherwise. */
  readonly name: string
  /**
   * Names that its files have, in lower case and without `.exe`. `#` stands for any run of digits, dots, dashes and
   * underscores, as in versioned names, and `*` for any text; alone it is any file of a folder for programs that is
   * not large.
   */
  readonly files: readonly string[]
  /** The first that is found tells the version. */
  readonly evidence: readonly Evidence[]
  /** Must be found as well. */
  readonly beside?: Evidence
  /** When this is found, another cataloger tells more of the same. */
  readonly leftWith?: Evidence
  /** `generic`, unless the software is a package of an ecosystem as well. */
  readonly ecosystem?: Ecosystem
  readonly purl?: Pick<Purl, 'type' | 'namespace' | 'name'>
  /** `vendor:product` as the CPE dictionary has them. */
  readonly cpe?: string
  /** What it was tried on, or that it was not. */
  readonly verified: string
}

/** Tells which families a file may belong to by its path and size alone. */
export type FamilyRouter = (path: string, sizeBytes: number) => readonly Family[]

/** Program files of many names are small; a larger one is searched for the families that its name says. */
const anyNameLimitBytes = 8 * 1024 ** 2

interface Route {
  readonly family: Family
  readonly name: RegExp
}

export function familyRouter(families: readonly Family[]): FamilyRouter {
  const byStem = new Map<string, Route[]>()
  const anyName: Family[] = []
  for (const family of families) {
    for (const name of family.files) {
      if (name === '*') anyName.push(family)
      else listAt(byStem, stemOf(name)).push({ family, name: patternOf(name) })
    }
  }
  return (path, sizeBytes) => {
    const name = baseOf(path)
      .toLowerCase()
      .replace(/\.exe$/, '')
    const named = (byStem.get(stemOf(name)) ?? []).filter((route) => route.name.test(name)).map(({ family }) => family)
    const isSmallProgram = sizeBytes <= anyNameLimitBytes && /(?:^|\/)s?bin$/.test(parentOf(path))
    return isSmallProgram ? [...new Set([...named, ...anyName])] : [...new Set(named)]
  }
}

/** What stands before the first digit or separator, which is all that `#` can stand for. */
function stemOf(name: string): string {
  const end = name.search(/[\d#*._-]/)
  return end === -1 ? name : name.slice(0, end)
}

function patternOf(name: string): RegExp {
  const literal = name.replaceAll(/[.+]/g, String.raw`\$&`)
  return new RegExp(`^${literal.replaceAll('*', String.raw`[\w.-]{0,80}`).replaceAll('#', String.raw`[\d._-]{0,40}`)}$`)
}

function listAt<Item>(index: Map<string, Item[]>, key: string): Item[] {
  const list = index.get(key) ?? []
  index.set(key, list)
  return list
}
