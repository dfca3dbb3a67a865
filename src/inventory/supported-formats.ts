import type { Cataloger } from './cataloger.ts'
import { catalogers } from './registry.generated.ts'

/** One format that is read, as users are told of it. */
export type SupportedFormat = Pick<
  Cataloger,
  'id' | 'version' | 'ecosystem' | 'title' | 'proves' | 'files' | 'finds' | 'spec'
> & {
  /** True for formats that are known by their content, whatever a file is called. */
  readonly isProbed: boolean
}

/** Every format that a cataloger reads, by ecosystem and then by id. */
export async function supportedFormats(): Promise<SupportedFormat[]> {
  const loaded = await Promise.all(Object.values(catalogers).map(async (load) => (await load()).default))
  return loaded
    .map(({ id, version, ecosystem, title, proves, files, folders = [], finds, spec, probe }) => {
      return {
        id,
        version,
        ecosystem,
        title,
        proves,
        files: [...files, ...folders],
        finds,
        spec,
        isProbed: probe !== undefined,
      }
    })
    .toSorted((a, b) => compareText(a.ecosystem, b.ecosystem) || compareText(a.id, b.id))
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
