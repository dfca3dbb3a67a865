import { gunzipSync } from 'node:zlib'
import { baseOf, decodeName, parentOf } from '#kit/path.ts'
import type { OwnedFile, Ownership } from '../cataloger.ts'
import { linesNaming } from '../ownership/lines.ts'
import { linesOf } from '../text-lines.ts'

/** Real ones have a few megabytes. */
const mtreeLimitBytes = 64 * 1024 * 1024

/** Paths in `files`, one on each line of a section; what they were like in `mtree`, which is compressed. */
export const pacmanOwnership: Ownership = {
  files: ['var/lib/pacman/local/*/files', 'var/lib/pacman/local/*/mtree'],

  *owned({ path, content }, wanted) {
    const owner = { location: `/${parentOf(path)}/desc` }
    if (path.endsWith('/files')) {
      for (const line of linesNaming(content, wanted)) yield line === undefined ? undefined : { path: line, owner }
      return
    }
    for (const line of linesOf(unpacked(content))) {
      const file = described(line)
      yield file !== undefined && wanted(baseOf(file.path)) ? { ...file, owner } : undefined
    }
  },
}

function unpacked(content: Buffer): string {
  try {
    return gunzipSync(content, { maxOutputLength: mtreeLimitBytes }).toString('latin1')
  } catch {
    // Damaged: the list beside it still says which files there are.
    return ''
  }
}

/** mtree(5): `./usr/bin/x time=1.0 size=7 sha256digest=…`; bytes that are not plain are written as `\\040`. */
function described(line: string): Omit<OwnedFile, 'owner'> | undefined {
  const [name = '', ...words] = line.split(' ', 20)
  if (!name.startsWith('./')) return undefined
  const facts = new Map(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]))
  const [sha256, size] = [facts.get('sha256digest'), Number(facts.get('size'))]
  return {
    path: decodeName(Buffer.from(unescaped(name.slice(2)), 'latin1')),
    digest: sha256 === undefined ? undefined : `sha256:${sha256}`,
    size: Number.isInteger(size) ? size : undefined,
  }
}

function unescaped(name: string): string {
  return name.replaceAll(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)))
}
