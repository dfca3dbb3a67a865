import { z } from 'zod'
import { parseToml } from '#kit/toml.ts'
import type { PackageHash } from '#model/package.ts'
import { defineCataloger } from '../cataloger.ts'
import { listedPackage } from '../listed-package.ts'
import { Members, optionalText, texts } from '../members.ts'
import { type Outcome, withCounts } from '../outcomes.ts'
import { isPackaging } from '../packaging-folders.ts'
import { crateQualifiers } from './crate-source.ts'

const Lock = z.object({ package: z.array(z.unknown()).optional(), metadata: Members.optional() })
const Entry = z.object({
  name: z.string(),
  version: z.string(),
  source: optionalText,
  checksum: optionalText,
  dependencies: texts,
})

/**
 * Versions 1 to 4 of the format. What has no source is the workspace itself or comes from a folder: the user's own
 * code. The lock file does not tell what only development or building needs, nor what another platform would.
 */
export default defineCataloger({
  id: 'cargo-lock',
  version: 1,
  ecosystem: 'cargo',
  proves: 'locked',
  title: 'Cargo lock file (Cargo.lock)',
  spec: 'https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html',
  files: ['**/Cargo.lock'],
  finds: ['packages', 'hashes', 'dependencies'],

  async catalog(file) {
    if (isPackaging(file.path)) return []
    const location = `/${file.path}`
    const lock = parseToml(Lock, await file.text(), location)
    return withCounts(readEntries(lock, location), location)
  },
})

function* readEntries({ package: entries = [], metadata = {} }: z.infer<typeof Lock>, location: string) {
  for (const value of entries) {
    const entry = Entry.safeParse(value)
    yield entry.success ? readEntry(entry.data, metadata, location) : ('unreadable' as const)
  }
}

function readEntry(
  { name, version, source, checksum, dependencies }: z.infer<typeof Entry>,
  metadata: Readonly<Record<string, unknown>>,
  location: string,
): Outcome {
  if (source === undefined) return 'left-out'
  const found = listedPackage(
    {
      ecosystem: 'cargo',
      name,
      version,
      hashes: sha256Of(checksum ?? metadata[`checksum ${name} ${version} (${source})`]),
      dependencies: dependencies.map((dependency) => dependency.split(' ', 1)[0] ?? ''),
      purl: { qualifiers: crateQualifiers(source) },
    },
    location,
  )
  return found ?? 'unreadable'
}

/** Version 1 keeps checksums in a table of their own, where `<none>` stands for what has none. */
function sha256Of(checksum: unknown): PackageHash[] {
  return typeof checksum === 'string' && /^[\da-f]{64}$/.test(checksum)
    ? [{ algorithm: 'sha256', value: checksum }]
    : []
}
