import { linesOf } from '../text-lines.ts'

/** Lines of an ini-like file of Conan by section; blank ones and comments are left out. */
export function linesBySection(text: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>()
  let lines: string[] | undefined
  for (const raw of linesOf(text)) {
    const line = withoutComment(raw).trim()
    if (line.startsWith('[') && line.endsWith(']')) {
      const name = line.slice(1, -1)
      lines = sections.get(name) ?? []
      sections.set(name, lines)
    } else if (line !== '') lines?.push(line)
  }
  return sections
}

/** A `#` inside a word begins a revision, not a comment. */
function withoutComment(line: string): string {
  if (line.trimStart().startsWith('#')) return ''
  const at = line.indexOf(' #')
  return at === -1 ? line : line.slice(0, at)
}
