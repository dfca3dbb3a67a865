/** One element to be written; `undefined` among the children is left out. */
export interface Element {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string | undefined>>
  readonly content: string | readonly (Element | undefined)[]
}

export function element(name: string, content: Element['content'], attributes: Element['attributes'] = {}): Element {
  return { name, content, attributes }
}

/** An element with this text; nothing where there is no text. */
export function textElement(name: string, text: string | undefined): Element | undefined {
  return text === undefined ? undefined : element(name, text)
}

/** An element around these; nothing where there are none. */
export function listElement(name: string, children: readonly (Element | undefined)[]): Element | undefined {
  return children.every((child) => child === undefined) ? undefined : element(name, children)
}

/** An indented XML 1.0 document. */
export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[...lines(root, '')].join('\n')}\n`
}

function* lines({ name, content, attributes = {} }: Element, indent: string): Generator<string> {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(value)}"`],
  )
  const start = `${indent}<${name}${written.join('')}`
  if (content.length === 0) yield `${start}/>`
  else if (typeof content === 'string') yield `${start}>${escaped(content)}</${name}>`
  else {
    yield `${start}>`
    for (const child of content) if (child !== undefined) yield* lines(child, `${indent}  `)
    yield `${indent}</${name}>`
  }
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** XML 1.0 §2.2: other controls and halves of surrogate pairs cannot be in a document, however they are written. */
// oxlint-disable-next-line no-control-regex -- these are exactly the characters that XML forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu

function escaped(text: string): string {
  return text
    .replace(forbidden, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"\t\n\r]/g, (char) => escapes[char] ?? char)
    .replace(unprintable, (char) => `&#${char.charCodeAt(0)};`)
}

/** What a terminal must not get; see `jsonText`. */
const unprintable = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
