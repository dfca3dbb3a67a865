import type { Package } from '#model/package.ts'
import { listedPackage } from '../listed-package.ts'
import type { Outcome } from '../outcomes.ts'

/** Versions written behind commits, as tools that pin actions do: `uses: owner/name@<commit> # v1.2.3`. */
export function versionComments(text: string): ReadonlyMap<string, string> {
  const comment =
    /^[ \t-]{0,200}uses:[ \t]{0,20}["']?([^\s"'#]{1,400})["']?[ \t]{1,20}#[ \t]{0,20}(?:[\w/:.-]{1,100}[@=:][ \t]?)?(v?\d[\w.+-]{0,60})/gm
  return new Map([...text.matchAll(comment)].map(([, uses = '', version = '']) => [uses, version]))
}

/**
 * The package that a step or job uses. Actions of the same repository and container images are none. A branch is no
 * version; a commit is one, and named by the release that the comment beside it claims.
 */
export function usedAction(uses: string, comments: ReadonlyMap<string, string>, location: string): Outcome {
  if (/^\.{1,2}\/|^docker:\/\//.test(uses)) return 'left-out'
  const [, owner, name, path, reference] =
    /^([\w-]{1,100})\/([\w.-]{1,100})((?:\/[\w.-]{1,100}){0,20})@(\S{1,200})$/.exec(uses) ?? []
  if (owner === undefined || name === undefined || reference === undefined) return 'unreadable'
  const isCommit = /^[0-9a-f]{40}$/i.test(reference)
  if (!isCommit && !/^v?\d/.test(reference)) return 'no-version'
  const version = isCommit ? (comments.get(uses) ?? reference) : reference
  return action({ owner, name, subpath: path, version, reference }, location) ?? 'unreadable'
}

interface Action {
  readonly owner: string
  readonly name: string
  readonly subpath: string | undefined
  readonly version: string
  readonly reference: string
}

function action({ owner, name, subpath, version, reference }: Action, location: string): Package | undefined {
  const purl = { namespace: owner, name, version: reference, subpath }
  return listedPackage({ name: `${owner}/${name}`, version, ecosystem: 'github-actions', purl }, location)
}
