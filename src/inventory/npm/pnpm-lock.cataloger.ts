import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { parseYaml } from '#kit/yaml.ts'
import { defineCataloger } from '../cataloger.ts'
import { Members, membersOf } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { integrityHashes } from './integrity.ts'
import { isOverruled, yamlLimitBytes } from './npm-lock.ts'
import { isNpmName, npmPackage } from './npm-package.ts'
import { pnpmAliased, pnpmIdentity, withoutPeers } from './pnpm-names.ts'
import { type Reached, reachedPackages } from './pnpm-reach.ts'

const text = z.string().optional()
const Lock = z.object({
  lockfileVersion: z.union([z.string(), z.number()]),
  importers: Members.optional(),
  packages: Members.optional(),
  snapshots: Members.optional(),
})
const Entry = z.object({
  name: text,
  version: text,
  dev: z.boolean().optional(),
  resolution: z.object({ integrity: text, type: text, directory: text }).optional(),
  dependencies: Members.optional(),
  optionalDependencies: Members.optional(),
})

/**
 * Lock file versions 5 to 9. What is needed for development only is left out: up to version 6 entries say so, and from
 * version 9 on it is what no other dependency leads to. A file may hold two documents, of which the first is about
 * pnpm's own configuration; both are read by the same rule.
 */
export default defineCataloger({
  id: 'pnpm-lock',
  version: 1,
  ecosystem: 'npm',
  proves: 'locked',
  title: 'pnpm lock file (pnpm-lock.yaml)',
  spec: 'https://github.com/pnpm/spec/tree/master/lockfile',
  files: ['**/pnpm-lock.yaml'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file, context) {
    if (isOverruled(file.path, context)) return []
    const location = `/${file.path}`
    return withCounts(readDocuments(await file.text(), location), location)
  },
})

/** pnpm writes two at most; what stands before the first mark is one, too. */
const documentsLimit = 10

function* readDocuments(content: string, location: string): Generator<Outcome> {
  if (content.length > yamlLimitBytes) {
    throw new Problem('limit_exceeded', `a lock file of more than ${yamlLimitBytes} bytes`, { at: location })
  }
  const parts = content.replace(/^\uFEFF/, '').split(/^---[ \t]*\r?$/m, documentsLimit + 1)
  if (parts.length > documentsLimit) {
    throw new Problem('limit_exceeded', `a lock file of more than ${documentsLimit - 1} documents`, { at: location })
  }
  const documents = parts.filter((part) => part.trim() !== '')
  if (documents.length === 0) throw new Problem('malformed', 'there is nothing in it', { at: location })
  for (const document of documents) {
    const { importers, packages = {}, snapshots } = parseYaml(Lock, document, location)
    const reached = snapshots && importers && reachedPackages(importers, snapshots)
    for (const [key, value] of membersOf(packages)) yield readEntry(key, value, { reached, snapshots, location })
  }
}

interface Around {
  /** Absent where entries tell by themselves what is for development. */
  readonly reached: Reached | undefined
  readonly snapshots: Readonly<Record<string, unknown>> | undefined
  readonly location: string
}

function readEntry(key: string, value: unknown, { reached, snapshots, location }: Around): Outcome {
  const entry = Entry.safeParse(value)
  if (!entry.success) return 'unreadable'
  const { dev, resolution, dependencies, optionalDependencies } = entry.data
  const needed = reached?.get(withoutPeers(key))
  const isReached = reached === undefined || needed !== undefined
  if (dev === true || !isReached || isFolder(entry.data)) return 'left-out'
  const { name, version } = identityOf(key, entry.data)
  if (name === undefined) return 'unreadable'
  if (version === undefined || /[:/]/.test(version)) return 'no-version'
  const own = snapshots === undefined ? { ...optionalDependencies, ...dependencies } : {}
  const facts = { hashes: integrityHashes(resolution?.integrity), dependencies: realNames(needed ?? own) }
  return npmPackage({ name, version, ...facts }, location) ?? 'unreadable'
}

function isFolder({ resolution }: z.infer<typeof Entry>): boolean {
  return resolution?.type === 'directory' || resolution?.directory !== undefined
}

/** What does not come from a registry says its name and version in the entry. */
function identityOf(
  key: string,
  { name, version }: z.infer<typeof Entry>,
): { name?: string | undefined; version?: string | undefined } {
  const identity = pnpmIdentity(key)
  return { name: name ?? identity?.name, version: version ?? identity?.version }
}

function realNames(needs: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const names = [...membersOf(needs)].map(([name, value]) => pnpmAliased(value) ?? name).filter(isNpmName)
  return names.length === 0 ? undefined : [...new Set(names)]
}
