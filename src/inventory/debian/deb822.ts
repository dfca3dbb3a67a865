/** Field names in lower case, because they are compared without regard to case. */
export type Stanza = ReadonlyMap<string, string>

/**
 * Reads stanzas as deb822(5) describes them, and of them the first line of `fields` (in lower case): none that
 * identifies a package has more. A field written twice keeps its first value.
 */
export function* stanzasOf(text: string, fields: ReadonlySet<string>): Generator<Stanza> {
  let stanza: Map<string, string> | undefined
  for (const line of linesOf(text)) {
    if (line.trim() === '') {
      if (stanza !== undefined) yield stanza
      stanza = undefined
    } else if (!/^[ \t#]/.test(line)) {
      stanza ??= new Map()
      const colon = line.indexOf(':')
      const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase()
      if (fields.has(name) && !stanza.has(name)) stanza.set(name, line.slice(colon + 1).trim())
    }
  }
  if (stanza !== undefined) yield stanza
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    yield text.slice(start, end)
    start = end + 1
  }
}
