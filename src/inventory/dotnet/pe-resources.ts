/** What the headers of a Windows executable tell: https://learn.microsoft.com/en-us/windows/win32/debug/pe-format */
export interface PeHeaders {
  /** True for assemblies of .NET. */
  readonly isManaged: boolean
  readonly isLibrary: boolean
  readonly resources: { readonly offset: number; readonly sizeBytes: number; readonly address: number }
}

/** Headers are in the first page of a file. */
export const peHeadBytes = 4096

const librarySign = 0x2000
const [resourceDirectory, managedDirectory] = [2, 14]
const [versionType, entryBytes, entriesLimit] = [16, 8, 1000]

/** `undefined` when it is no such executable or has no resources. */
export function readPeHeaders(head: Buffer): PeHeaders | undefined {
  const at = head.length < 64 ? head.length : head.readUInt32LE(0x3c)
  if (at + 24 > head.length || head.toString('latin1', at, at + 4) !== 'PE\0\0') return undefined
  const optional = at + 24
  const sectionsAt = optional + head.readUInt16LE(at + 20)
  const directories = optional + (readHalf(head, optional) === 0x20b ? 112 : 96)
  const address = readWord(head, directories + 8 * resourceDirectory)
  const section = sectionOf(head, { at: sectionsAt, count: head.readUInt16LE(at + 6) }, address)
  if (section === undefined || directories + 8 * managedDirectory + 4 > sectionsAt) return undefined
  return {
    isManaged: (readWord(head, directories + 8 * managedDirectory) ?? 0) !== 0,
    isLibrary: (head.readUInt16LE(at + 22) & librarySign) !== 0,
    resources: section,
  }
}

function sectionOf(
  head: Buffer,
  { at, count }: { readonly at: number; readonly count: number },
  address: number | undefined,
): PeHeaders['resources'] | undefined {
  for (let index = 0, row = at; index < count && row + 40 <= head.length; index++, row += 40) {
    const [start, sizeBytes, offset] = [
      head.readUInt32LE(row + 12),
      head.readUInt32LE(row + 16),
      head.readUInt32LE(row + 20),
    ]
    if (address !== undefined && address !== 0 && address >= start && address < start + sizeBytes) {
      return { address, offset: offset + address - start, sizeBytes: sizeBytes - (address - start) }
    }
  }
  return undefined
}

/** Strings of the version resource by their names; `undefined` when the resources hold none. */
export function readVersionStrings(resources: Buffer, address: number): ReadonlyMap<string, string> | undefined {
  const type = subdirectory(resources, 0, versionType)
  const name = type === undefined ? undefined : subdirectory(resources, type, undefined)
  const leaf = name === undefined ? undefined : entriesAt(resources, name)[0]?.offset
  const start = leaf === undefined || leaf >= 2 ** 31 ? undefined : readWord(resources, leaf)
  const sizeBytes = leaf === undefined ? undefined : readWord(resources, leaf + 4)
  if (start === undefined || sizeBytes === undefined || start < address) return undefined
  return stringsOf(resources.subarray(start - address, start - address + Math.min(sizeBytes, 65_536)))
}

interface Entry {
  readonly id: number
  readonly offset: number
}

function entriesAt(resources: Buffer, directory: number): Entry[] {
  const named = readHalf(resources, directory + 12) ?? 0
  const count = named + (readHalf(resources, directory + 14) ?? 0)
  return Array.from({ length: Math.min(count, entriesLimit) }, (_, index) => {
    const at = directory + 16 + entryBytes * index
    return { id: readWord(resources, at) ?? -1, offset: readWord(resources, at + 4) ?? 0 }
  })
}

/** The directory below an entry, the first when no id is asked for. */
function subdirectory(resources: Buffer, directory: number, id: number | undefined): number | undefined {
  const entry = entriesAt(resources, directory).find((one) => id === undefined || one.id === id)
  return entry === undefined || entry.offset < 2 ** 31 ? undefined : entry.offset - 2 ** 31
}

const readNames: ReadonlySet<string> = new Set([
  'Assembly Version',
  'CompanyName',
  'FileVersion',
  'InternalName',
  'OriginalFilename',
  'ProductName',
  'ProductVersion',
])

/**
 * A string in VS_VERSIONINFO is two lengths and a kind, its name, padding to four bytes, and its text; of what they are
 * nested in nothing but the lengths matters, so each known name is looked for where it may begin.
 */
function stringsOf(block: Buffer): ReadonlyMap<string, string> {
  const strings = new Map<string, string>()
  for (let at = 0; at + 6 <= block.length; at += 4) {
    const [characters, kind] = [block.readUInt16LE(at + 2), block.readUInt16LE(at + 4)]
    if (kind !== 1 || characters === 0 || characters > 500) continue
    const name = textAt(block, at + 6, 40)
    if (!readNames.has(name) || strings.has(name)) continue
    const start = (at + 6 + 2 * (name.length + 1) + 3) & ~3
    strings.set(name, textAt(block, start, characters).trim())
  }
  return strings
}

/** UTF-16 up to a NUL. */
function textAt(block: Buffer, at: number, limit: number): string {
  const text = block.toString('utf16le', at, Math.min(block.length, at + 2 * limit))
  const end = text.indexOf('\0')
  return end === -1 ? text : text.slice(0, end)
}

function readWord(bytes: Buffer, at: number): number | undefined {
  return at < 0 || at + 4 > bytes.length ? undefined : bytes.readUInt32LE(at)
}

function readHalf(bytes: Buffer, at: number): number | undefined {
  return at < 0 || at + 2 > bytes.length ? undefined : bytes.readUInt16LE(at)
}
