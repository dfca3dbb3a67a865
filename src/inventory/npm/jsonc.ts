/** JSON text of JSON with comments and commas before closing brackets. Text in quotation marks stays as it is. */
export function plainJson(text: string): string {
  const pieces: string[] = []
  let from = 0
  let comma = -1
  for (let at = 0; at < text.length; ) {
    const { kind, end } = tokenAt(text, at)
    if (kind === 'comment') {
      pieces.push(text.slice(from, at))
      from = end
    } else if (kind === 'close' && comma !== -1) {
      pieces.push(text.slice(from, at))
      pieces[comma] = (pieces[comma] ?? '').slice(0, -1)
      from = at
    }
    if (kind === 'comma') {
      pieces.push(text.slice(from, end))
      from = end
      comma = pieces.length - 1
    } else if (kind !== 'comment' && kind !== 'blank') comma = -1
    at = end
  }
  return [...pieces, text.slice(from)].join('')
}

interface Token {
  readonly kind: 'comment' | 'blank' | 'comma' | 'close' | 'other'
  readonly end: number
}

function tokenAt(text: string, at: number): Token {
  const char = text[at] ?? ''
  if (char === '"') return { kind: 'other', end: stringEnd(text, at) }
  if (char === ',') return { kind: 'comma', end: at + 1 }
  if (char === '}' || char === ']') return { kind: 'close', end: at + 1 }
  if (char === ' ' || char === '\n' || char === '\r' || char === '\t') return { kind: 'blank', end: at + 1 }
  if (text.startsWith('//', at)) return { kind: 'comment', end: endOf(text, '\n', at) }
  if (text.startsWith('/*', at)) return { kind: 'comment', end: endOf(text, '*/', at + 2) }
  return { kind: 'other', end: at + 1 }
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at === -1 ? text.length : at + mark.length
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at + 1
    if (text[at] === '\\') at += 1
  }
  return text.length
}
