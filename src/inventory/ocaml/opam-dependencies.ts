import type { Steps } from '../cataloger.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { type OpamItem, readOpam } from './opam-format.ts'
import { isForDevelopment, opamPackage } from './opam-package.ts'

/** Dependencies of an opam file that name one version; what is for tests, documentation or development is left out. */
export function dependenciesOf(text: string, location: string): Steps {
  return withCounts(outcomesOf(readOpam(text, location).get('depends') ?? [], location), location)
}

/** Sources and descriptions that opam or somebody's packaging keeps are no projects. */
export function isKept(path: string): boolean {
  return isPackaging(path) || /(?:^|\/)(?:\.opam|\.opam-switch|_opam)\//.test(path)
}

function* outcomesOf(items: readonly OpamItem[], location: string): Generator<Outcome> {
  for (const item of items) {
    const version = exactVersion(item)
    if (isForDevelopment(item)) yield 'left-out'
    else if (version === undefined) yield 'no-version'
    else yield opamPackage({ name: item.text, version }, location) ?? 'unreadable'
  }
}

function exactVersion({ filter }: OpamItem): string | undefined {
  const relations = filter.filter(({ kind, text }) => kind === 'mark' && /^[<>!=]/.test(text))
  const value = filter[filter.findIndex(({ kind, text }) => kind === 'mark' && text === '=') + 1]
  return relations.length === 1 && relations[0]?.text === '=' && value?.kind === 'text' ? value.text : undefined
}
