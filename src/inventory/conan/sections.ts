import { linesOf } from '../text-lines.ts'

/** Lines of one section of an ini-like file of Conan; blank ones and comments are left out. */
export function* linesIn(text: string, section: string): Generator<string> {
  const heading = `[${section}]`
  let isInside = false
  for (const raw of linesOf(text)) {
    const line = withoutComment(raw).trim()
    if (line.startsWith('[') && line.endsWith(']')) isInside = line === heading
    else if (isInside && line !== '') yield line
  }
}

/** A `#` inside a word begins a revision, not a comment. */
function withoutComment(line: string): string {
  if (line.trimStart().startsWith('#')) return ''
  const at = line.indexOf(' #')
  return at === -1 ? line : line.slice(0, at)
}
