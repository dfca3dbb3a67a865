import { decodeName } from '#kit/path.ts'
import type { OwnedFile, Ownership } from '../cataloger.ts'
import { linesOf } from '../text-lines.ts'

/** `F:` names a folder, `R:` a file in it, and `Z:` the checksum of the file above it. An empty line ends a package. */
export const apkOwnership: Ownership = {
  files: ['lib/apk/db/installed', 'usr/lib/apk/db/installed'],

  *owned({ content }, wanted) {
    let owner = { name: '', version: '' }
    let folder = ''
    let file: OwnedFile | undefined
    for (const line of linesOf(decodeName(content))) {
      const [letter, value] = [line.charAt(0), line.slice(2)]
      if (letter === 'Z' && file !== undefined) file = { ...file, digest: digestOf(value) }
      if (!endsFile.has(letter)) continue
      yield file
      file = letter === 'R' && wanted(value) ? { path: `${folder}/${value}`, owner } : undefined
      if (letter === '') owner = { name: '', version: '' }
      else if (letter === 'P') owner = { ...owner, name: value }
      else if (letter === 'V') owner = { ...owner, version: value }
      else if (letter === 'F') folder = value
    }
    yield file
  },
}

/** What comes after these is not about the file before. */
const endsFile: ReadonlySet<string> = new Set(['', 'P', 'V', 'F', 'R'])

/** `Q1` and SHA-1, `Q2` and SHA-256, in base 64. */
function digestOf(text: string): string | undefined {
  const digest = Buffer.from(text.slice(2, 60), 'base64')
  if (text.startsWith('Q1') && digest.length === 20) return `sha1:${digest.toString('hex')}`
  return text.startsWith('Q2') && digest.length === 32 ? `sha256:${digest.toString('hex')}` : undefined
}
