import { z } from 'zod'
import { parseYaml } from '#kit/yaml.ts'
import type { PackageHash } from '#model/package.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { optionalText } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { parseIdentifier } from './identifier.ts'

const Completed = z.object({
  hackage: optionalText,
  name: optionalText,
  // A number has lost what tells 1.1 from 1.10.
  version: z.union([z.string(), z.number().transform(() => '')]).optional(),
  sha256: optionalText,
  url: optionalText,
})
const Entry = z.object({ completed: Completed })
const Lock = z.object({
  packages: z.array(z.unknown()).nullish(),
  snapshots: z.array(z.unknown()).nullish(),
})

/** Names the packages beyond the snapshot; those of the snapshot are in a document elsewhere, and that is told. */
export default defineCataloger({
  id: 'stack-lock',
  version: 1,
  ecosystem: 'hackage',
  proves: 'locked',
  title: 'Stack lock file (stack.yaml.lock)',
  spec: 'https://docs.haskellstack.org/en/stable/topics/lock_files/',
  files: ['**/stack.yaml.lock'],
  finds: ['packages', 'hashes'],

  async catalog(file) {
    if (isPackaging(file.path)) return []
    const location = `/${file.path}`
    const { packages, snapshots } = parseYaml(Lock, await file.text(), location)
    return withSnapshots(packages ?? [], snapshots?.length ?? 0, location)
  },
})

function* withSnapshots(packages: readonly unknown[], snapshots: number, path: string): Steps {
  yield* withCounts(outcomesOf(packages, path), path)
  if (snapshots > 0) yield { unknown: { path, reason: 'the packages of its snapshot are not listed in it' } }
}

function* outcomesOf(packages: readonly unknown[], location: string): Generator<Outcome> {
  for (const value of packages) {
    const completed = Entry.safeParse(value).data?.completed
    const found = completed?.hackage === undefined ? completed : parseIdentifier(completed.hackage)
    if (completed === undefined || found === undefined) yield 'unreadable'
    else if (found.version === undefined || found.version === '') yield 'no-version'
    else yield outcomeOf(found.name ?? '', found.version, { location, hashes: archiveHash(completed) })
  }
}

interface Where {
  readonly location: string
  readonly hashes: readonly PackageHash[]
}

function outcomeOf(name: string, version: string, { location, hashes }: Where): Outcome {
  return listedPackage({ name, version, ecosystem: 'hackage', hashes }, location) ?? 'unreadable'
}

function archiveHash({ url, sha256 = '' }: z.infer<typeof Completed>): PackageHash[] {
  return url !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? [{ algorithm: 'sha256', value: sha256 }] : []
}
