import type { Cataloger, Ownership } from '../cataloger.ts'

/** What reads the files that tell who owns which files, as if it were one more cataloger. */
export interface OwnershipReader extends Cataloger {
  readonly ownership: Ownership
}

/** They ask for files as catalogers do, so that they are routed, kept and found through links like those of any. */
export function ownershipReaders(catalogers: readonly Cataloger[]): OwnershipReader[] {
  return catalogers.flatMap(({ id, version, ecosystem, proves, title, spec, ownership }) => {
    if (ownership === undefined) return []
    const { files } = ownership
    return [
      {
        id: `${id}-ownership`,
        version,
        ecosystem,
        proves,
        title,
        spec,
        files,
        finds: [],
        ownership,
        catalog: () => [],
      },
    ]
  })
}
