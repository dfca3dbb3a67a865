import { describe, expect, it } from 'vitest'
import type { CatalogContext } from '../cataloger.ts'
import peVersion from './pe-version.cataloger.ts'

interface Folders {
  readonly [folder: string]: readonly string[]
}

/** `purl` of each package, `? reason` of each unknown. */
async function found(
  strings: Readonly<Record<string, string>>,
  { isManaged = true, folders = {} }: { isManaged?: boolean; folders?: Folders } = {},
) {
  const note = JSON.stringify({ isManaged, strings })
  const file = {
    path: 'app/lib/x.dll',
    bytes: () => Promise.resolve(Buffer.from(note)),
    text: () => Promise.resolve(note),
  }
  const context: CatalogContext = {
    signal: new AbortController().signal,
    distribution: undefined,
    typeOf: () => undefined,
    contentOf: () => undefined,
    namesIn: (folder) => folders[folder] ?? [],
  }
  const texts: string[] = []
  for await (const one of await peVersion.catalog(file, context)) {
    if (one !== undefined && 'package' in one) texts.push(one.package.purl)
    if (one !== undefined && 'unknown' in one) texts.push(`? ${one.unknown.reason}`)
  }
  return texts
}

describe('a version resource', () => {
  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'the product version without its commit',
      {
        OriginalFilename: 'Newtonsoft.Json.dll',
        ProductVersion: '13.0.1+ae9fe44e1323e91bcbd185ca1a14099fba7c021f',
        FileVersion: '13.0.1.25517',
      },
      ['pkg:nuget/Newtonsoft.Json@13.0.1'],
    ],
    [
      'the file version where the product has none',
      { InternalName: 'A.dll', ProductVersion: 'Release', FileVersion: '4.700.20.12001' },
      ['pkg:nuget/A@4.700.20.12001'],
    ],
    [
      'what stands before a blank',
      { OriginalFilename: 'A.dll', ProductVersion: '4.8.0 built by: NET48' },
      ['pkg:nuget/A@4.8.0'],
    ],
    [
      'no version',
      { OriginalFilename: 'A.dll', FileVersion: '0.0.0.0' },
      ['? the version of this .NET assembly cannot be read'],
    ],
    ['translations, which are no software', { OriginalFilename: 'A.resources.dll', FileVersion: '1.0.0.0' }, []],
    ['policies, which are no software', { OriginalFilename: 'policy.1.0.A.dll', FileVersion: '1.0.0.0' }, []],
  ])('of an assembly tells %s', async (_, strings, expected) => {
    expect(await found(strings)).toEqual(expected)
  })

  it('of another library tells its own name', async () => {
    const strings = { InternalName: 'sqlite3', ProductVersion: '3, 41, 2', CompanyName: 'SQLite' }
    expect(await found(strings, { isManaged: false })).toEqual(['pkg:generic/sqlite3@3.41.2'])
  })

  it.each(['app/lib', 'app'])('does not count where a dependency file in %s tells what is there', async (folder) => {
    const strings = { OriginalFilename: 'A.dll', ProductVersion: '1.0.0' }
    expect(await found(strings, { folders: { [folder]: ['Shop.deps.json'] } })).toEqual([])
    expect(await found(strings, { folders: { [folder]: ['Shop.json'] } })).toEqual(['pkg:nuget/A@1.0.0'])
  })
})
