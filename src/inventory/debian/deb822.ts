/** Field names in lower case, because they are compared without regard to case. */
export type Stanza = ReadonlyMap<string, string>

/** Lines after which somebody else gets a turn. */
const linesPerTurn = 100_000

/**
 * Reads stanzas as deb822(5) describes them, and of them the first line of `fields` (in lower case): none that
 * identifies a package has more. A field written twice keeps its first value. Yields `undefined` now and then where
 * much is passed over.
 */
export function* stanzasOf(text: string, fields: ReadonlySet<string>): Generator<Stanza | undefined> {
  const initials = initialsOf(fields)
  let stanza: Map<string, string> | undefined
  let lines = 0
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    if (isBlank(text, start, end)) {
      if (stanza !== undefined) yield stanza
      stanza = undefined
    } else if (!continues.has(text.charCodeAt(start))) {
      stanza ??= new Map()
      if (initials.has(text.charCodeAt(start))) addField(stanza, text.slice(start, end), fields)
    }
    start = end + 1
    lines += 1
    if (lines % linesPerTurn === 0) yield undefined
  }
  if (stanza !== undefined) yield stanza
}

function addField(stanza: Map<string, string>, line: string, fields: ReadonlySet<string>): void {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase()
  if (fields.has(name) && !stanza.has(name)) stanza.set(name, line.slice(colon + 1).trim())
}

/** Blank, tab and `#`: what begins with one is no field. */
const continues: ReadonlySet<number> = new Set([0x20, 0x09, 0x23])

function isBlank(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start)
  const isVisible = first > 0x20 && first < 0x7f
  return start === end || (!isVisible && text.slice(start, end).trim() === '')
}

/** So that most lines need not be looked at any further. */
function initialsOf(fields: ReadonlySet<string>): ReadonlySet<number> {
  return new Set([...fields].flatMap((name) => [name, name.toUpperCase()].map((text) => text.charCodeAt(0))))
}
