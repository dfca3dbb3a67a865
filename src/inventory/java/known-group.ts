import { type KnownFamily, knownFamilies } from './known-artifacts.data.ts'

const byArtifact = new Map<string, KnownFamily[]>()
for (const family of knownFamilies) {
  for (const artifact of family.artifacts) byArtifact.set(artifact, [...(byArtifact.get(artifact) ?? []), family])
}

/** The group of an artifact that is known, when its classes lie where they should and no other group is possible. */
export function knownGroup(artifact: string, version: string, folders: readonly string[]): string | undefined {
  const major = Number(/^\d{1,9}/.exec(version)?.[0] ?? '0')
  const fitting = (byArtifact.get(artifact) ?? []).filter(
    ({ fromMajor = 0, belowMajor = Number.POSITIVE_INFINITY, ...family }) =>
      major >= fromMajor && major < belowMajor && family.folders.some((folder) => isBelow(folders, folder)),
  )
  const groups = new Set(fitting.map(({ group }) => group))
  return groups.size === 1 ? fitting[0]?.group : undefined
}

function isBelow(folders: readonly string[], folder: string): boolean {
  return folders.some((one) => one === folder || one.startsWith(`${folder}/`))
}
