/** Field names in lower case, because they are compared without regard to case. */
export type Stanza = ReadonlyMap<string, string>

/**
 * Reads stanzas as deb822(5) describes them. A field written twice keeps its first value; continuation lines are
 * joined with a line feed; lines that belong to no field are passed over.
 */
export function* stanzasOf(text: string): Generator<Stanza> {
  let stanza = new Map<string, string>()
  let field: string | undefined
  for (const line of linesOf(text)) {
    if (line.trim() === '') {
      if (stanza.size > 0) yield stanza
      stanza = new Map()
      field = undefined
    } else if (line.startsWith(' ') || line.startsWith('\t')) {
      if (field !== undefined) stanza.set(field, `${stanza.get(field) ?? ''}\n${line.trim()}`)
    } else if (!line.startsWith('#')) {
      const colon = line.indexOf(':')
      const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase()
      field = name === '' || stanza.has(name) ? undefined : name
      if (field !== undefined) stanza.set(field, line.slice(colon + 1).trim())
    }
  }
  if (stanza.size > 0) yield stanza
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    yield text.slice(start, end)
    start = end + 1
  }
}
