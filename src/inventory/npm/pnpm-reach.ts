import { z } from 'zod'
import { Members, membersOf } from '../members.ts'
import { withoutPeers } from './pnpm-names.ts'

const Needing = z.object({ dependencies: Members.optional(), optionalDependencies: Members.optional() })
const Specified = z.object({ version: z.string() })

type Snapshots = Readonly<Record<string, unknown>>

/** Per key of `packages`: what its snapshots need, for those that something other than development leads to. */
export type Reached = ReadonlyMap<string, Readonly<Record<string, unknown>>>

/** From lock file version 9 on nothing says which packages are for development, but which projects ask for what does. */
export function reachedPackages(importers: Snapshots, snapshots: Snapshots): Reached {
  const ahead = [...membersOf(importers)].flatMap(([, importer]) => snapshotKeys(needsOf(importer), snapshots))
  const seen = new Set<string>()
  const reached = new Map<string, Record<string, unknown>>()
  for (let key = ahead.pop(); key !== undefined; key = ahead.pop()) {
    if (seen.has(key)) continue
    seen.add(key)
    const needs = needsOf(snapshots[key])
    const merged = reached.get(withoutPeers(key)) ?? Object.create(null)
    reached.set(withoutPeers(key), Object.assign(merged, Object.fromEntries(needs)))
    ahead.push(...snapshotKeys(needs, snapshots))
  }
  return reached
}

type Needs = readonly (readonly [name: string, version: string])[]

/** Projects name a version with its specifier, snapshots by itself. */
function needsOf(value: unknown): Needs {
  const { data } = Needing.safeParse(value)
  return [...membersOf(data?.dependencies), ...membersOf(data?.optionalDependencies)].flatMap(([name, need]) => {
    const version = typeof need === 'string' ? need : Specified.safeParse(need).data?.version
    return version === undefined ? [] : [[name, version] as const]
  })
}

/** An alias names the whole key; other versions stand behind the name. */
function snapshotKeys(needs: Needs, snapshots: Snapshots): string[] {
  return needs.flatMap(([name, version]) =>
    [`${name}@${version}`, version].filter((key) => Object.hasOwn(snapshots, key)).slice(0, 1),
  )
}
