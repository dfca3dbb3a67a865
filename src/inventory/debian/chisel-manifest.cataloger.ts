import { zstdDecompressSync } from 'node:zlib'
import { z } from 'zod'
import { Problem } from '#kit/errors.ts'
import { jsonValue } from '#kit/json.ts'
import { counted } from '#kit/text.ts'
import type { Package } from '#model/package.ts'
import { defineCataloger, type Steps } from '../cataloger.ts'
import { isWord, type Origin, systemPackage } from '../system-package.ts'

/** Lines speak of packages, slices, paths and contents; the packages come as parts only, but of these very versions. */
export default defineCataloger({
  id: 'chisel-manifest',
  version: 1,
  ecosystem: 'deb',
  proves: 'installed',
  title: 'chisel manifest (chiselled Ubuntu)',
  spec: 'https://documentation.ubuntu.com/chisel/en/latest/reference/manifest/',
  files: ['**/manifest.wall'],
  finds: ['packages', 'architectures', 'hashes'],

  async catalog(file, { distribution }) {
    const path = `/${file.path}`
    return catalogText(decompress(await file.bytes(), path), { path, distribution })
  },
})

const textLimitBytes = 64 * 1024 ** 2
const lineLimit = 64 * 1024
/** Entries that cannot be read after which the file is given up. */
const damageLimit = 10_000

function decompress(bytes: Buffer, at: string): string {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: textLimitBytes }).toString('utf8')
  } catch (cause) {
    throw new Problem('malformed', 'it is no zstd file, damaged or too long', { at, cause })
  }
}

const Header = z.object({ jsonwall: z.string(), schema: z.string().optional() })
const Listed = z.object({
  kind: z.literal('package'),
  name: z.string(),
  version: z.string(),
  arch: z.string().optional(),
  sha256: z.string().optional(),
})
type Listed = z.infer<typeof Listed>

function* catalogText(text: string, origin: Origin): Steps {
  let [incomplete, packages, isFirst] = [0, 0, true]
  for (const line of linesOf(text)) {
    if (isFirst) checkHeader(line, origin.path)
    isFirst = false
    // The paths, which are most of the lines, are not parsed.
    const listed = line.includes('"package"') ? readLine(line, origin.path) : undefined
    const found = typeof listed === 'object' ? packageOf(listed, origin) : undefined
    if (found !== undefined) packages += 1
    else if (listed !== undefined) incomplete += 1
    yield found === undefined ? undefined : { package: found }
    if (incomplete === damageLimit) {
      yield { unknown: { path: origin.path, reason: 'too much of it cannot be read: the rest was not read' } }
      return
    }
  }
  if (incomplete > 0) yield { unknown: { path: origin.path, reason: `entries that cannot be read: ${incomplete}` } }
  if (packages > 0) {
    const reason = `it names no source packages, which advisories speak of: ${counted(packages, 'package')} judged by name`
    yield { unknown: { path: origin.path, reason } }
  }
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    yield text.slice(start, end)
    start = end + 1
  }
}

function checkHeader(line: string, at: string): void {
  const header = line.length > lineLimit ? undefined : Header.safeParse(jsonValue(line, at))
  if (header?.success !== true || !header.data.jsonwall.startsWith('1.')) {
    throw new Problem('malformed', 'it is no list of this kind in a version that is known', { at })
  }
}

/** `undefined` for what is no package, `damaged` for what might be one. */
function readLine(line: string, at: string): Listed | 'damaged' | undefined {
  if (line.length > lineLimit) return 'damaged'
  try {
    const value = jsonValue(line, at)
    const isOther = typeof value === 'object' && value !== null && 'kind' in value && value.kind !== 'package'
    if (isOther) return undefined
    const listed = Listed.safeParse(value)
    return listed.success ? listed.data : 'damaged'
  } catch (error) {
    if (error instanceof Problem) return 'damaged'
    throw error
  }
}

function packageOf({ name, version, arch, sha256 }: Listed, origin: Origin): Package | undefined {
  const isHash = sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256)
  return systemPackage(
    {
      name,
      version,
      ecosystem: 'deb',
      architecture: isWord(arch ?? '') ? arch : undefined,
      hashes: isHash ? [{ algorithm: 'sha256', value: sha256 }] : undefined,
    },
    origin,
  )
}
